"""What is kept about deciding: which questions are open, and who decides for whom while they are away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from opstream.domain.audit import AuditEntry
from opstream.domain.open_approval import ApprovalPage, Delegation
from opstream.domain.person import Person


class OpenApprovals(Protocol):
    """Open questions, found without any history."""

    async def open_for(
        self,
        person: Person,
        away: Sequence[Person],
        offset: int,
        limit: int,
        likeness: str = "",
    ) -> ApprovalPage:
        """Return questions that a person can answer, oldest first.

        Args:
            person: Only runs that they can see count.
            away: Those for whom the person decides, too.
            offset: How many to pass over.
            limit: How many to return at most.
            likeness: Only questions that are equal to each other in this way; '' for all.
        """


class DelegationStore(Protocol):
    """Who is away."""

    async def save(self, delegation: Delegation, entry: AuditEntry) -> None:
        """Insert or replace one by its person, durably, with its line of the audit trail."""

    async def remove(self, person: str, entry: AuditEntry) -> bool:
        """Take one out, durably, with its line of the audit trail; False when there is none."""

    async def of(self, person: str, now: datetime) -> Delegation | None:
        """Return the one of a person who is away now, or None."""

    async def to(self, delegate: str, now: datetime) -> Sequence[Delegation]:
        """Return those of whom somebody decides now."""
