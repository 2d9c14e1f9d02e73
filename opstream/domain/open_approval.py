"""Open approvals as lists show them, and who decides for whom while they are away."""

from dataclasses import dataclass
from datetime import datetime

from opstream.domain.approval import HARMLESS, ProposedCall, told, word_for
from opstream.domain.conversation import Place
from opstream.domain.person import Role, Who


@dataclass(frozen=True, slots=True)
class Delegation:
    """Somebody is away, and another person decides for them until then."""

    person: Who
    delegate: Who | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OpenApproval:
    """An open question in a list.

    Args:
        asker: Who started the run.
        call: What a yes does; None when it covers no call.
        likeness: The same for questions that are equal but for their arguments.
        people: How many yeses it needs.
        voters: How many it has.
    """

    run: str
    workflow: str
    step: str
    revision: int
    title: str
    asker: Who
    place: Place | None
    role: Role
    risk: str
    call: ProposedCall | None
    likeness: str
    asked_at: datetime
    expires_at: datetime | None
    people: int = 1
    voters: int = 0

    @property
    def must_type(self) -> str:
        """What has to be typed along with a yes, '' for nothing."""
        return word_for(self.risk, self.call)

    @property
    def is_harmless(self) -> bool:
        """Whether one press is enough for a yes."""
        return told(self.risk) in HARMLESS


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """One page of a list of open approvals, oldest first.

    Args:
        total: How many there are; of very many, only so many were counted.
        more: Whether there are more than `total`.
    """

    approvals: tuple[OpenApproval, ...]
    total: int
    offset: int
    limit: int
    more: bool = False
