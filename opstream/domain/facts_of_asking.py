"""Facts of steps that ask people: for a yes, or for input."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from opstream.domain.approval import ProposedCall
from opstream.domain.person import Who
from opstream.domain.values import Json
from opstream.domain.workflow import ApprovalRule, Input


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
    """A person said yes, and no further yes is needed; `instead_of` is away."""

    at: datetime
    step: str
    revision: int
    by: Who
    instead_of: Who | None = None
    kind: Literal["approval_granted"] = "approval_granted"


@dataclass(frozen=True, slots=True)
class ApprovalSupported:
    """A person said yes to what needs the yes of others, too; `instead_of` is away."""

    at: datetime
    step: str
    revision: int
    by: Who
    instead_of: Who | None = None
    kind: Literal["approval_supported"] = "approval_supported"


@dataclass(frozen=True, slots=True)
class ApprovalEscalated:
    """Nobody had answered for a time, so others are asked as well; `level` counts from 1."""

    at: datetime
    step: str
    revision: int
    level: int
    to: tuple[str, ...]
    kind: Literal["approval_escalated"] = "approval_escalated"


@dataclass(frozen=True, slots=True)
class ApprovalDenied:
    """A person said no, and why."""

    at: datetime
    step: str
    revision: int
    by: Who
    reason: str
    instead_of: Who | None = None
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
    instead_of: Who | None = None
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
