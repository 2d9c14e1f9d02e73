"""Facts of a run, past tense: once written they are never edited. A run is the sum of its facts."""

from typing import TypeAlias

from opstream.domain.facts_of_asking import (
    ApprovalDenied,
    ApprovalEscalated,
    ApprovalExpired,
    ApprovalGranted,
    ApprovalRequested,
    ApprovalSupported,
    ChangesRequested,
    QuestionAnswered,
    QuestionAsked,
)
from opstream.domain.facts_of_calls import CallAnswered, CallAsked
from opstream.domain.facts_of_runs import (
    LetterReceived,
    RunFinished,
    RunHandedOver,
    RunPaused,
    RunReleased,
    RunResumed,
    RunRetried,
    RunStarted,
    RunStopping,
)
from opstream.domain.facts_of_work import (
    ChildEnded,
    ChildStarted,
    DoubtCleared,
    ItemEnded,
    LoopBegan,
    StepDoubted,
    StepFailed,
    StepScheduled,
    StepSkipped,
    StepSucceeded,
    WaitBegan,
)
from opstream.domain.outcome import (
    REPLY,
    Clarification,
    Outcome,
    Parent,
)

__all__ = [
    "REPLY",
    "ApprovalDenied",
    "ApprovalEscalated",
    "ApprovalExpired",
    "ApprovalGranted",
    "ApprovalRequested",
    "ApprovalSupported",
    "CallAnswered",
    "CallAsked",
    "ChangesRequested",
    "ChildEnded",
    "ChildStarted",
    "Clarification",
    "DoubtCleared",
    "Fact",
    "ItemEnded",
    "LetterReceived",
    "LoopBegan",
    "Outcome",
    "Parent",
    "QuestionAnswered",
    "QuestionAsked",
    "RunFact",
    "RunFinished",
    "RunHandedOver",
    "RunPaused",
    "RunReleased",
    "RunResumed",
    "RunRetried",
    "RunStarted",
    "RunStopping",
    "StepDoubted",
    "StepFact",
    "StepFailed",
    "StepScheduled",
    "StepSkipped",
    "StepSucceeded",
    "WaitBegan",
]

StepFact: TypeAlias = (
    StepScheduled
    | StepSucceeded
    | StepFailed
    | StepSkipped
    | StepDoubted
    | DoubtCleared
    | WaitBegan
    | LoopBegan
    | ItemEnded
    | ChildStarted
    | ChildEnded
    | ApprovalRequested
    | ApprovalSupported
    | ApprovalEscalated
    | ApprovalGranted
    | ApprovalDenied
    | ChangesRequested
    | ApprovalExpired
    | QuestionAsked
    | QuestionAnswered
    | CallAsked
    | CallAnswered
)
RunFact: TypeAlias = (
    RunStarted
    | RunReleased
    | LetterReceived
    | RunPaused
    | RunResumed
    | RunRetried
    | RunHandedOver
    | RunStopping
    | RunFinished
)
Fact: TypeAlias = RunFact | StepFact
