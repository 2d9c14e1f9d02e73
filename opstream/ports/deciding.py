"""What is kept about deciding: which questions are open, and who decides for whom while they are away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from opstream.domain.audit import AuditEntry
from opstream.domain.open_approval import ApprovalPage, Delegation
from opstream.domain.person import Person, Role


@dataclass(frozen=True, slots=True)
class Kind:
    """Questions on which the same roles decide: of a workflow, by a role, about an operation or ''."""

    workflow: str
    role: Role
    operation: str


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody, and the kinds of questions that their roles let them decide on."""

    person: Person
    kinds: frozenset[Kind]


class OpenApprovals(Protocol):
    """Open questions, found without any history."""

    async def kinds(self) -> frozenset[Kind]:
        """Return which kinds of questions are open."""

    async def open_for(
        self,
        decider: Decider,
        away: Sequence[Decider],
        offset: int,
        limit: int,
        likeness: str = "",
    ) -> ApprovalPage:
        """Return questions that a person can answer, oldest first; of very many not all are counted.

        Args:
            decider: Only runs that they can see count.
            away: Those for whom they decide, too.
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
        """Return those for whom somebody decides now."""

    async def all(self, now: datetime) -> Sequence[Delegation]:
        """Return everybody who is away now, by their ids."""
