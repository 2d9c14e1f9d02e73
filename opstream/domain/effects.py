"""What the engine wants done next. Waiting is no effect: a run at rest simply has none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from opstream.domain.approval import ProposedCall
from opstream.domain.history import Fact
from opstream.domain.prompt import PromptRequest
from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class Record:
    """Append a fact that follows from the history alone."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Perform:
    """Call an operation for a step.

    Args:
        attempt: Part of the call's key `run:step:attempt`.
        scheduled: Its `StepScheduled` is written, so it may have been made before: after a crash,
            look before you leap.
        approved: A yes to exactly this call has been given.
    """

    step: str
    attempt: int
    call: ProposedCall
    scheduled: bool
    approved: bool
    timeout: timedelta | None


@dataclass(frozen=True, slots=True)
class AskModel:
    """Ask a language model for a step; like a read, it is asked again after a crash."""

    step: str
    attempt: int
    request: PromptRequest
    timeout: timedelta | None


@dataclass(frozen=True, slots=True)
class TakeTurn:
    """Ask a model what an agent does next; like a read, it is asked again after a crash.

    Args:
        request: All that was said and done so far; its tools are yet to be chosen.
        tools: As of `Agent`.
        must_answer: Whether the model may call nothing any more.
    """

    step: str
    attempt: int
    request: PromptRequest
    tools: tuple[str, ...]
    must_answer: bool
    timeout: timedelta | None


@dataclass(frozen=True, slots=True)
class StartRun:
    """Start a run of another workflow for a step; its id follows from run, step and attempt."""

    step: str
    attempt: int
    workflow: str
    inputs: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Finish:
    """End the run, as soon as nothing is under way any more."""

    fact: Fact


Work: TypeAlias = Perform | AskModel | TakeTurn | StartRun
"""What takes time, and is carried out as a task of its own."""

Effect: TypeAlias = Record | Work | Finish
