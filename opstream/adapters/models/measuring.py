"""Talks to Gemini about the meaning of texts. Imported on first use: see `embedding.py`."""

import math
from collections.abc import Sequence

from pydantic_ai.embeddings.google import GoogleEmbeddingModel
from pydantic_ai.embeddings.settings import EmbeddingSettings
from pydantic_ai.exceptions import AgentRunError, UserError
from pydantic_ai.providers.google import GoogleProvider

from opstream.adapters.models import troubles
from opstream.adapters.models.orders import Account, Trouble
from opstream.domain.prompt import Vector


class Measure:
    """The connection to Gemini."""

    def __init__(self, account: Account, model: str, length: int) -> None:
        self._account = account
        self._name = model
        self._length = length
        self._reach = GoogleProvider(api_key=account.key, base_url=account.url or None)
        self._model = GoogleEmbeddingModel(model, provider=self._reach)

    async def embed(self, texts: Sequence[str], *, question: bool) -> list[Vector] | Trouble:
        """Return the vectors of texts, or why there are none."""
        try:
            found = await self._model.embed(
                texts,
                input_type="query" if question else "document",
                settings=EmbeddingSettings(dimensions=self._length),
            )
        except (AgentRunError, UserError) as error:
            return troubles.trouble(error, self._account, self._name)
        if [len(one) for one in found.embeddings] != [self._length] * len(texts):
            return troubles.unreadable(self._name)
        return [_of_length_1(one) for one in found.embeddings]

    async def close(self) -> None:
        """Give the connection back."""
        async with self._reach:
            pass  # what was never entered closes when it is left


def _of_length_1(vector: Sequence[float]) -> Vector:
    """Return a vector of length 1: Gemini's shortened ones are not."""
    length = math.sqrt(sum(one * one for one in vector)) or 1.0
    return [one / length for one in vector]
