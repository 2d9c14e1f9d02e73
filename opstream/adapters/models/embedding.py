"""Measures the meaning of texts by a model of Gemini's; satisfies the port `Embedder`.

Texts go there without secrets and personal data. What talks to Gemini is imported on first use.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from opstream.adapters.models.orders import Account, Trouble
from opstream.domain.prompt import Vector

if TYPE_CHECKING:  # imported on first use
    from opstream.adapters.models.measuring import Measure

_BATCH = 100  # texts a request, as Gemini takes them


class GeminiEmbedder:
    """Vectors of a length of one's choice.

    Args:
        mask: Takes out of a text what must not leave the house.
    """

    def __init__(
        self, account: Account, model: str, length: int, mask: Callable[[str], str]
    ) -> None:
        self._account = account
        self._model = model
        self._length = length
        self._mask = mask
        self._measure: Measure | None = None
        self._opening = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model and the length; vectors of other ones cannot be compared."""
        return f"{self._model}/{self._length}"

    @property
    def length(self) -> int:
        """How many numbers a vector has."""
        return self._length

    async def embed(self, texts: Sequence[str], *, question: bool = False) -> Sequence[Vector]:
        """Return a vector of length 1 for each text, in order; errors as the port says."""
        measure = await self._opened()
        found: list[Vector] = []
        for at in range(0, len(texts), _BATCH):
            some = await asyncio.to_thread(self._masked, texts[at : at + _BATCH])
            vectors = await measure.embed(some, question=question)
            if isinstance(vectors, Trouble):
                raise vectors.error
            found += vectors
        return found

    async def close(self) -> None:
        """Give the connections back; the next question opens new ones."""
        async with self._opening:
            measure, self._measure = self._measure, None
        if measure is not None:
            await measure.close()

    def _masked(self, texts: Sequence[str]) -> list[str]:
        return [self._mask(text) or " " for text in texts]

    async def _opened(self) -> "Measure":
        async with self._opening:
            if self._measure is None:
                self._measure = await asyncio.to_thread(self._open)
            return self._measure

    def _open(self) -> "Measure":
        from opstream.adapters.models.measuring import Measure  # with the libraries behind it

        return Measure(self._account, self._model, self._length)
