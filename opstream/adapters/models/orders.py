"""What is asked of a model of some provider, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from opstream.domain.prompt import PromptRequest, ToolCall
from opstream.domain.values import Json
from opstream.errors import OperationFailed


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
