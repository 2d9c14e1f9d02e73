"""A question that only a person may settle, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from opstream.domain.person import Who
from opstream.domain.values import Json
from opstream.domain.workflow import ApprovalRule

CRITICAL = "critical"
WORD_WITHOUT_CALL = "approve"
"""What is typed along with a yes to something critical that calls nothing."""
HARMLESS = frozenset({"low", "medium"})
"""Risks at which one press is enough; every other one is confirmed."""


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


def told(risk: str) -> str:
    """Return a risk as one writes it, in small letters."""
    return risk.strip().lower()


def word_for(risk: str, call: ProposedCall | None) -> str:
    """Return what has to be typed along with a yes; '' unless the risk is critical."""
    if told(risk) != CRITICAL:
        return ""
    return call.operation if call else WORD_WITHOUT_CALL


@dataclass(frozen=True, slots=True)
class Yes:
    """One of several yeses that a question needs; `instead_of` is away, and `by` decides for them."""

    by: Who
    at: datetime
    instead_of: Who | None = None

    @property
    def ids(self) -> frozenset[str]:
        """The ids of those for whom it counts."""
        return frozenset({self.by.id, *((self.instead_of.id,) if self.instead_of else ())})


@dataclass(frozen=True, slots=True)
class Approval:
    """One question and, once settled, its answer.

    Args:
        revision: Counts from 1; "ask for changes" ends one revision and opens the next.
        comment: Reason of a denial, or what was asked to change.
        instead_of: Who is away, when `by` decided for them.
        yeses: Those given so far, where the rule wants more than one; the last one settles it.
        escalated_at: When those were asked as well whom the rule names, each time.
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
    instead_of: Who | None = None
    yeses: tuple[Yes, ...] = ()
    escalated_at: tuple[datetime, ...] = ()

    @property
    def lacks(self) -> int:
        """How many yeses are still needed."""
        return max(0, self.rule.people - len(self.yeses))

    @property
    def asked_as_well(self) -> tuple[str, ...]:
        """Whom it was escalated to so far."""
        reached = self.rule.escalation[: len(self.escalated_at)]
        return tuple(dict.fromkeys(one for level in reached for one in level.to))

    @property
    def escalates_at(self) -> datetime | None:
        """When it is escalated next, if nobody answers."""
        level = len(self.escalated_at)
        if level >= len(self.rule.escalation):
            return None
        return self.asked_at + self.rule.escalation[level].after

    @property
    def wakes_at(self) -> datetime | None:
        """When something happens to it by itself."""
        times = [at for at in (self.expires_at, self.escalates_at) if at is not None]
        return min(times, default=None)

    @property
    def risk(self) -> str:
        """How dangerous it is, in small letters."""
        return told(self.rule.risk)

    @property
    def must_type(self) -> str:
        """What has to be typed along with a yes, because the risk is critical; '' for nothing."""
        return word_for(self.rule.risk, self.call)


@dataclass(frozen=True, slots=True)
class Grant:
    """Yes, exactly as shown.

    Args:
        typed: What the person typed along with it, where `Approval.must_type` wants that.
    """

    typed: str = ""


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
