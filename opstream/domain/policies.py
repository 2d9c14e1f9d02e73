"""How a workflow wants things handled: failures, approvals, many runs at once."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from opstream.domain.person import Role


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a failed step is tried, and how long between.

    Args:
        attempts: Tries in all, the first included.
        kinds: Error kinds worth a retry; empty means every error that says it may pass.
        jitter: Share of the wait by which it may be longer, 0 to 1.
    """

    attempts: int = 3
    first_wait: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    longest_wait: timedelta = timedelta(minutes=5)
    jitter: float = 0.2
    kinds: tuple[str, ...] = ()


class OnError(StrEnum):
    """What a run does when a step has failed for good or was denied."""

    STOP = "stop"
    GO_ON = "go_on"


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is asked as well when nobody has answered for a time.

    Args:
        after: Counted from the asking.
        to: Ids of people, ids or handles of groups of people, and `#channels`.
    """

    after: timedelta
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who may say yes, and until when.

    Args:
        risk: A word (low, medium, high or critical), or a template.
        people: How many different persons must say yes.
        escalation: Who is asked as well, the earliest first.
        reactions: Whether an emoji on the question answers it, too.
    """

    role: Role = Role.APPROVER
    asker_may: bool = False
    expires_after: timedelta | None = timedelta(hours=24)
    risk: str = "medium"
    people: int = 1
    escalation: tuple[Escalation, ...] = ()
    reactions: bool = False


class Overlap(StrEnum):
    """What becomes of a start while as many runs of the workflow are active as may be."""

    ALLOW = "allow"
    SKIP = "skip"
    QUEUE = "queue"
    CANCEL_OLD = "cancel_old"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many runs of a workflow are active at once, and which go first.

    Args:
        at_once: None means as many as the install bears.
        overlap: What a start does that finds no room; without `at_once` there always is.
        priority: Runs of a higher one get the next free slot; 0 is usual, -10 to 10.
    """

    at_once: int | None = None
    overlap: Overlap = Overlap.ALLOW
    priority: int = 0
