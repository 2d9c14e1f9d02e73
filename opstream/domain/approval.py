"""A question that only a person may settle, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from opstream.domain.person import Who
from opstream.domain.values import Json
from opstream.domain.workflow import ApprovalRule


class Verdict(StrEnum):
    """How an approval ended, or that it has not."""

    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"
    CHANGES = "changes"  # went back with a comment; a new revision asks again
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # the run ended first


@dataclass(frozen=True, slots=True)
class ProposedCall:
    """Exactly what a yes will do: the operation and its final arguments."""

    step: str
    operation: str
    arguments: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Approval:
    """One question and, once settled, its answer.

    Args:
        revision: Counts from 1; "ask for changes" ends one revision and opens the next.
        comment: Reason of a denial, or what was asked to change.
    """

    step: str
    revision: int
    title: str
    details: str
    rule: ApprovalRule
    call: ProposedCall | None
    asked_at: datetime
    expires_at: datetime | None
    verdict: Verdict = Verdict.OPEN
    by: Who | None = None
    settled_at: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Yes, exactly as shown."""


@dataclass(frozen=True, slots=True)
class Deny:
    """No, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class AskForChanges:
    """Not like this: what to change in words, and other arguments where the person gave some."""

    comment: str
    arguments: Mapping[str, Json] = field(default_factory=dict)


Decision: TypeAlias = Grant | Deny | AskForChanges


def approval_id(run_id: str, step: str, revision: int) -> str:
    """Return the id under which an approval is settled: `<run>:<step>:<revision>`."""
    return f"{run_id}:{step}:{revision}"
