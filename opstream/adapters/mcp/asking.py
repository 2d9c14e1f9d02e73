"""Who answers what servers ask in the middle of a call, and which call it is about."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta

from opstream.domain.call_question import AskedInCall, CallAnswer, CallQuestion
from opstream.ports import LanguageModel, deadlines
from opstream.ports.asking import Questions


@dataclass(slots=True)
class Asking:
    """Who is asked; filled in once, before the servers are started.

    Args:
        questions: Asks people; without it servers are told that nobody can be asked.
        model: Answers for servers that want a language model asked; without it they are told there is none.
    """

    questions: Questions | None = None
    model: LanguageModel | None = None


@dataclass(slots=True)
class UnderWay:
    """A call that is being made, and how many questions it has asked."""

    key: str
    stoppable: Sequence[deadlines.Stoppable] = field(default_factory=deadlines.current)
    asked: int = 0

    def number(self) -> int:
        """Count one more question and return its number."""
        self.asked += 1
        return self.asked

    async def ask(
        self, questions: Questions, question: CallQuestion, within: timedelta
    ) -> CallAnswer:
        """Ask, with the time limits of the call standing still.

        Raises:
            NotFound: the call belongs to no run.
        """
        number = self.number()
        async with deadlines.stopped(self.stoppable):
            return await questions.ask(self.key, number, question, within)


CALL: ContextVar[UnderWay | None] = ContextVar("mcp_call", default=None)
"""The call in whose context something happens; a transport may not keep it."""


def resumable(left: Sequence[AskedInCall]) -> tuple[str, int]:
    """Return what a call goes on with, and how many questions came before that; '' where it begins anew."""
    if not left or not left[-1].question.resume:
        return "", 0
    resume = left[-1].question.resume
    return resume, sum(one.question.resume != resume for one in left)
