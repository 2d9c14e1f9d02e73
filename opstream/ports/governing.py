"""What governance keeps and erases: roles that were given, the trail as a whole, data whose time is over."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from opstream.domain.audit import AuditEntry, AuditFilter, AuditPage, NumberedEntry, TrailState
from opstream.domain.person import GivenRole, Role


class RoleStore(Protocol):
    """Roles that admins gave or took, beside what the files say."""

    async def all(self) -> Sequence[GivenRole]:
        """Return all of them."""

    async def save(self, given: GivenRole, entry: AuditEntry) -> None:
        """Insert or replace one, durably, with its line of the audit trail."""

    async def remove(self, person: str, role: Role, entry: AuditEntry) -> None:
        """Take one out, durably, with its line of the audit trail."""


class AuditTrail(Protocol):
    """Who did what; entries about runs are written with their facts, all others here."""

    async def record(self, entry: AuditEntry) -> None:
        """Append an entry, durably."""

    async def of_subject(self, subject: str) -> Sequence[AuditEntry]:
        """Return what was done to a subject, such as a workflow, oldest first."""

    async def page(self, wanted: AuditFilter, offset: int, limit: int) -> AuditPage:
        """Return some entries, newest first."""

    def entries(self, wanted: AuditFilter) -> AsyncIterator[NumberedEntry]:
        """Yield all entries, oldest first, without holding them all."""

    async def check(self) -> TrailState:
        """Go through the whole trail and return what was found."""

    async def seal_of(self, number: int) -> str | None:
        """Return the seal of an entry, or None when there is none of that number."""


class Kind(StrEnum):
    """What is kept for a time of its own."""

    RUNS = "runs"
    ARTIFACTS = "artifacts"
    DELIVERIES = "deliveries"
    USAGE = "usage"
    AUDIT = "audit"


class Retained(Protocol):
    """Data whose time may be over."""

    async def outdated(self, kind: Kind, before: datetime) -> int:
        """Return how many things of a kind are older."""

    async def remove(self, kind: Kind, before: datetime, most: int, now: datetime) -> int:
        """Remove older things of a kind, the oldest first, durably; return how many."""


class Oblivion(Protocol):
    """Erases people from what is kept."""

    async def known_as(self, person: str) -> frozenset[str]:
        """Return the names under which a person stands in what is kept."""

    async def forget(
        self, person: str, pseudonym: str, names: frozenset[str], entry: AuditEntry
    ) -> Mapping[str, int]:
        """Replace a person's id and names, all or nothing; return how many rows, by table."""
