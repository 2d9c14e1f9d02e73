"""One provider of models: where it is, who pays, and what came of asking it.

What talks to it takes a second or two to import and is loaded when it is first asked, beside the event loop.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from opstream.domain.prompt import PromptRequest, ToolCall
from opstream.domain.values import Json
from opstream.errors import OperationFailed
from opstream.ports import Saying

if TYPE_CHECKING:  # imported on first use
    from opstream.adapters.models.calling import Line


class Maker(StrEnum):
    """Whose models can be asked."""

    GEMINI = "gemini"
    CLAUDE = "claude"
    OPENAI = "openai"


TITLES: Mapping[Maker, str] = {
    Maker.GEMINI: "Gemini",
    Maker.CLAUDE: "Anthropic",
    Maker.OPENAI: "OpenAI",
}
VARIABLES: Mapping[Maker, str] = {
    Maker.GEMINI: "GEMINI_API_KEY",
    Maker.CLAUDE: "ANTHROPIC_API_KEY",
    Maker.OPENAI: "OPENAI_API_KEY",
}
"""Where the key of each is looked for."""


@dataclass(frozen=True, slots=True)
class Account:
    """How a provider is reached.

    Args:
        url: Base address; '' means the provider's own.
    """

    maker: Maker
    key: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of one model.

    Args:
        model: The provider's name of it.
        schema: Of the answer, with an object at its top; None for free text.
        timeout: For the whole answer.
        first_word: Until it begins, where it is heard as it comes.
    """

    model: str
    request: PromptRequest
    schema: Json = None
    timeout: timedelta = timedelta(seconds=60)
    first_word: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, and what that took; `cost` is None where nobody knows the price."""

    text: str
    calls: tuple[ToolCall, ...]
    tokens_in: int
    tokens_out: int
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a model did not answer.

    Args:
        why: What happened, to stand after the name of the model: "is busy".
        error: What the person hears where nobody else can answer.
        elsewhere: Whether another model may well answer the same question.
        rest: How long this one is better left alone; None where nothing is wrong with it.
        certain: Whether the provider itself said so: asking earlier is of no use.
        paid: What was paid for although it is of no use.
    """

    why: str
    error: OperationFailed
    elsewhere: bool = True
    rest: timedelta | None = None
    certain: bool = False
    paid: Answer | None = None


class Provider:
    """Asks the models of one provider."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._line: Line | None = None
        self._opening = asyncio.Lock()

    async def ask(self, order: Order, saying: Saying | None = None) -> Answer | Trouble:
        """Ask a model once, and return what came of it."""
        return await (await self._opened()).ask(order, saying)

    async def _opened(self) -> "Line":
        async with self._opening:
            if self._line is None:
                self._line = await asyncio.to_thread(_open, self.account)
            return self._line

    async def close(self) -> None:
        """Give the connections back; the next question opens new ones."""
        async with self._opening:
            line, self._line = self._line, None
        if line is not None:
            await line.close()


def _open(account: Account) -> "Line":
    from opstream.adapters.models.calling import Line  # with the libraries behind it

    return Line(account)
