"""Facts of a run, past tense: once written they are never edited. A run is the sum of its facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from opstream.domain.approval import ProposedCall
from opstream.domain.conversation import Place
from opstream.domain.person import Who
from opstream.domain.values import Json
from opstream.domain.workflow import ApprovalRule, Input


class Outcome(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DENIED = "denied"


class Clarification(StrEnum):
    """What a person says about a write whose outcome nobody knows."""

    REPEAT = "repeat"
    SKIP = "skip"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Somebody started a run of one version of a workflow."""

    at: datetime
    workflow_id: str
    workflow_version: int
    inputs: Mapping[str, Json]
    by: Who
    place: Place | None
    kind: Literal["run_started"] = "run_started"


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
    """A step ended well; `started_at` is when its attempt began."""

    at: datetime
    step: str
    output: Json
    started_at: datetime
    kind: Literal["step_succeeded"] = "step_succeeded"


@dataclass(frozen=True, slots=True)
class StepFailed:
    """An attempt failed. With `retry_at` another one follows, without it the step has failed.

    Args:
        outcome_known: False when the call may have taken effect; the next attempt keeps its key.
    """

    at: datetime
    step: str
    error: str
    error_kind: str
    started_at: datetime
    retry_at: datetime | None = None
    outcome_known: bool = True
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
    """A step rests until a time."""

    at: datetime
    step: str
    until: datetime
    kind: Literal["wait_began"] = "wait_began"


@dataclass(frozen=True, slots=True)
class ApprovalRequested:
    """A step asks for a yes."""

    at: datetime
    step: str
    revision: int
    title: str
    details: str
    rule: ApprovalRule
    call: ProposedCall | None
    expires_at: datetime | None
    kind: Literal["approval_requested"] = "approval_requested"


@dataclass(frozen=True, slots=True)
class ApprovalGranted:
    """A person said yes."""

    at: datetime
    step: str
    revision: int
    by: Who
    kind: Literal["approval_granted"] = "approval_granted"


@dataclass(frozen=True, slots=True)
class ApprovalDenied:
    """A person said no, and why."""

    at: datetime
    step: str
    revision: int
    by: Who
    reason: str
    kind: Literal["approval_denied"] = "approval_denied"


@dataclass(frozen=True, slots=True)
class ChangesRequested:
    """A person sent a proposal back: with a comment, and with other arguments if they gave any."""

    at: datetime
    step: str
    revision: int
    by: Who
    comment: str
    arguments: Mapping[str, Json]
    kind: Literal["changes_requested"] = "changes_requested"


@dataclass(frozen=True, slots=True)
class ApprovalExpired:
    """Nobody answered in time."""

    at: datetime
    step: str
    revision: int
    kind: Literal["approval_expired"] = "approval_expired"


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A step asks a person for input."""

    at: datetime
    step: str
    question: str
    fields: tuple[Input, ...]
    expires_at: datetime | None
    kind: Literal["question_asked"] = "question_asked"


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A person answered."""

    at: datetime
    step: str
    answers: Mapping[str, Json]
    by: Who
    kind: Literal["question_answered"] = "question_answered"


@dataclass(frozen=True, slots=True)
class RunPaused:
    """A person paused the run: nothing new begins."""

    at: datetime
    by: Who
    kind: Literal["run_paused"] = "run_paused"


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A person let the run go on."""

    at: datetime
    by: Who
    kind: Literal["run_resumed"] = "run_resumed"


@dataclass(frozen=True, slots=True)
class RunRetried:
    """A person set an ended run going again.

    Args:
        resets: The steps that are done anew.
        afresh: Those of them that need another one: what was bound for them holds no longer.
    """

    at: datetime
    by: Who
    resets: tuple[str, ...]
    afresh: tuple[str, ...] = ()
    kind: Literal["run_retried"] = "run_retried"


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run ended; `reason` is a sentence for every outcome but success."""

    at: datetime
    outcome: Outcome
    result: Json = None
    reason: str = ""
    by: Who | None = None
    kind: Literal["run_finished"] = "run_finished"


StepFact: TypeAlias = (
    StepScheduled
    | StepSucceeded
    | StepFailed
    | StepSkipped
    | StepDoubted
    | DoubtCleared
    | WaitBegan
    | ApprovalRequested
    | ApprovalGranted
    | ApprovalDenied
    | ChangesRequested
    | ApprovalExpired
    | QuestionAsked
    | QuestionAnswered
)
Fact: TypeAlias = RunStarted | StepFact | RunPaused | RunResumed | RunRetried | RunFinished
