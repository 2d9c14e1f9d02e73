"""People and runs, as a call under way sees them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from opstream.domain.call_question import AskedInCall, CallAnswer, CallQuestion
from opstream.domain.prompt import Purpose


class Questions(Protocol):
    """Asks people in the middle of a call; `key` is the key of the call, `run:step:attempt`."""

    async def ask(
        self, key: str, number: int, question: CallQuestion, within: timedelta
    ) -> CallAnswer:
        """Ask in the thread of the run, and return what was said; what was said before a restart counts.

        Args:
            number: Of the question within the call, from 1.
            within: How long it may stay open.

        Raises:
            NotFound: the call belongs to no run, so there is nobody to ask.
        """

    async def left(self, key: str) -> Sequence[AskedInCall]:
        """Return what the same call has asked before this process was started, oldest first."""

    async def purpose(self, key: str) -> Purpose:
        """Return for whom and what a model is asked by this call."""
