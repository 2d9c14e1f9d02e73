"""Facts of steps that work, wait, repeat others or start runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from opstream.domain.approval import ProposedCall
from opstream.domain.outcome import Clarification, Outcome
from opstream.domain.person import Who
from opstream.domain.spending import Answered
from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class StepScheduled:
    """A write is about to be made: after a crash this is how the next process knows."""

    at: datetime
    step: str
    attempt: int
    call: ProposedCall
    kind: Literal["step_scheduled"] = "step_scheduled"


@dataclass(frozen=True, slots=True)
class StepSucceeded:
    """A step ended well.

    Args:
        started_at: When its attempt began.
        letter: Key of the letter that it took, if it waited for one.
        attempt: Of the call that came to this end, None where it ends no call. One that is not the step's
            attempt any more came too late.
        answered: Which model it was, where one was asked and the output does not say so.
    """

    at: datetime
    step: str
    output: Json
    started_at: datetime
    letter: str | None = None
    attempt: int | None = None
    answered: Answered | None = None
    kind: Literal["step_succeeded"] = "step_succeeded"


@dataclass(frozen=True, slots=True)
class StepFailed:
    """An attempt failed. With `retry_at` another one follows, without it the step has failed.

    Args:
        outcome_known: False when the call may have taken effect; the next attempt keeps its key.
        attempt: As of `StepSucceeded`.
    """

    at: datetime
    step: str
    error: str
    error_kind: str
    started_at: datetime
    retry_at: datetime | None = None
    outcome_known: bool = True
    attempt: int | None = None
    kind: Literal["step_failed"] = "step_failed"


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step was left out; `reason` is a sentence."""

    at: datetime
    step: str
    reason: str
    kind: Literal["step_skipped"] = "step_skipped"


@dataclass(frozen=True, slots=True)
class StepDoubted:
    """A write was under way when its process died, and it may not be made again unasked."""

    at: datetime
    step: str
    question: str
    attempt: int | None = None
    kind: Literal["step_doubted"] = "step_doubted"


@dataclass(frozen=True, slots=True)
class DoubtCleared:
    """A person said what happened to a doubted write."""

    at: datetime
    step: str
    answer: Clarification
    by: Who
    kind: Literal["doubt_cleared"] = "doubt_cleared"


@dataclass(frozen=True, slots=True)
class WaitBegan:
    """A step rests: until a time, for a letter of a topic, or for a reply.

    Args:
        until: When the wait ends, or is given up if it is for a letter; None means never.
        topic: Of the letter that it waits for; `REPLY` for a message in the thread.
    """

    at: datetime
    step: str
    until: datetime | None
    topic: str | None = None
    kind: Literal["wait_began"] = "wait_began"


@dataclass(frozen=True, slots=True)
class LoopBegan:
    """A step has its list, and does its steps for each item of it."""

    at: datetime
    step: str
    items: tuple[Json, ...]
    at_once: int = 1
    kind: Literal["loop_began"] = "loop_began"


@dataclass(frozen=True, slots=True)
class ItemEnded:
    """A step that repeats others is through with one item; `index` counts from 0."""

    at: datetime
    step: str
    index: int
    result: Json
    kind: Literal["item_ended"] = "item_ended"


@dataclass(frozen=True, slots=True)
class ChildStarted:
    """A step started another run and waits for its end."""

    at: datetime
    step: str
    run: str
    kind: Literal["child_started"] = "child_started"


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """The run that a step waits for has ended; `run` tells it from one of an earlier attempt."""

    at: datetime
    step: str
    run: str
    outcome: Outcome
    result: Json = None
    reason: str = ""
    kind: Literal["child_ended"] = "child_ended"
