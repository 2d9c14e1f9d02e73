"""Models: what answers, what measures meaning, and what keeps count of both."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from opstream.domain.prompt import PromptReply, PromptRequest, Usage, Vector
from opstream.domain.spending import Spent as Spent

Saying = Callable[[str], None]
"""Hears all of an answer that has come so far; called again and again, from the event loop."""


class LanguageModel(Protocol):
    """What answers prompts."""

    @property
    def available(self) -> bool:
        """Whether any model is set up; without one, only what needs none is answered."""

    async def answer(self, request: PromptRequest, saying: Saying | None = None) -> PromptReply:
        """Return a model's answer, having counted what it took.

        Args:
            saying: Hears the text as it comes; what it heard may differ from what is returned in the
                end, when another model had to begin anew.

        Raises:
            OperationFailed: no model is set up, a budget is used up, or it did not work; retryable where
                it may pass.
        """


class Embedder(Protocol):
    """What measures the meaning of texts."""

    @property
    def name(self) -> str:
        """Names the measure; vectors of different names cannot be compared."""

    @property
    def length(self) -> int:
        """How many numbers a vector has."""

    async def embed(self, texts: Sequence[str], *, question: bool = False) -> Sequence[Vector]:
        """Return a vector of length 1 for each text, in order.

        Args:
            question: Whether the texts are questions to be answered by other texts.

        Raises:
            OperationFailed: it does not work now.
        """


class UsageStore(Protocol):
    """What was spent on models; all raise `StoreUnavailable`."""

    async def record(self, usage: Usage) -> None:
        """Keep one, durably; one with a key that is there already changes nothing."""

    async def spent(
        self, *, since: datetime | None = None, run: str = "", person: str = ""
    ) -> Spent:
        """Return what was spent in all, by a run or for a person where they are named."""

    async def by_model(self, since: datetime) -> Mapping[str, Spent]:
        """Return what was spent since a time, by the name of the model."""
