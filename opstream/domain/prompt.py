"""What a language model is asked, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from opstream.domain.spending import Answered
from opstream.domain.values import Json, JsonObject


class Voice(StrEnum):
    """Who says something in a conversation with a model."""

    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model wants made.

    Args:
        id: Unique within its reply; the result is given back under it.
        operation: The full name of the operation, or whatever else the model made up.
    """

    id: str
    operation: str
    arguments: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What became of a call that a model wanted.

    Args:
        output: What it gave, or a sentence on why it gave nothing.
        failed: Whether it gave nothing: it failed, was denied or is not allowed.
    """

    call: str
    operation: str
    output: Json
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One contribution to a conversation with a model; results come before what is said."""

    voice: Voice
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    results: tuple[ToolResult, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelTool:
    """What a model may call: an operation as it is told of it."""

    name: str
    description: str
    inputs: JsonObject


@dataclass(frozen=True, slots=True)
class Purpose:
    """For whom and what a model is asked: what budgets and rules go by.

    Args:
        task: Kind of work, such as `prompt`, `agent`, `draft`, `summary`, `sampling`.
        run: Id of the run, '' outside of runs.
        step: Path of the step, '' outside of runs.
        person: Id of who it is for, '' for nobody in particular.
        attempt: Of the step, as in the key `run:step:attempt`.
    """

    task: str = "prompt"
    run: str = ""
    step: str = ""
    person: str = ""
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class PromptRequest:
    """One question to a model.

    Args:
        text: The question, or what a conversation begins with.
        model: Name of a model; empty leaves the choice to the router.
        schema: JSON schema of the answer, or None for free text.
        turns: What was said since, oldest first; it ends with what the model is to react to.
        tools: What it may call; none means that it has to answer.
        most_tokens: Limit of the answer; None means the model's own.
    """

    text: str
    system: str = ""
    model: str = ""
    schema: Json = None
    turns: tuple[Turn, ...] = ()
    tools: tuple[ModelTool, ...] = ()
    purpose: Purpose = field(default_factory=Purpose)
    most_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class PromptReply:
    """A model's answer.

    Args:
        output: A text, or what obeys the schema of the request.
        model: The name of the model that answered.
        tokens_in: Tokens of the prompt, those from a provider's cache too.
        tokens_out: Tokens of the answer.
        calls: What it wants called before it answers.
        cost: In US dollars by the table of prices; None where the table does not know the model.
        why: Why this model, as a sentence, where it is not the first choice; else ''.
    """

    output: Json
    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    calls: tuple[ToolCall, ...] = ()
    cost: float | None = None
    why: str = ""

    @property
    def answered(self) -> Answered:
        """Who answered, and what it took."""
        return Answered(self.model, self.tokens_in + self.tokens_out, self.cost, self.why)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer of a model took; kept for budgets and statistics.

    Args:
        key: Unique for each answer that was paid for.
        saved: Tokens that were not sent, because of what is remembered or was compacted.
    """

    key: str
    at: datetime
    purpose: Purpose
    model: str
    tokens_in: int
    tokens_out: int
    cost: float | None = None
    saved: int = 0


Vector = Sequence[float]
"""The meaning of a text: floats, of length 1."""
