"""Who did what, when, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from opstream.domain.person import Who

REFUSED = "refused"
"""The outcome of a deed that somebody wanted and was not allowed."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail; `deed` is a dotted name such as `run.started`."""

    at: datetime
    by: Who
    deed: str
    subject: str
    detail: str = ""
    outcome: str = "done"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries a list shows; what is left out does not count.

    Args:
        person: The id of who did it, or whom it was done to.
        subject: A run, workflow, or whatever else it was done to.
        deed: A deed, or how some of them begin, such as `run`.
        since: The earliest moment.
    """

    person: str = ""
    subject: str = ""
    deed: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class NumberedEntry:
    """An entry with its number and its seal."""

    number: int
    entry: AuditEntry
    seal: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries of a list, newest first, and how many there are in all."""

    entries: Sequence[NumberedEntry]
    offset: int
    limit: int
    total: int


@dataclass(frozen=True, slots=True)
class TrailState:
    """What checking the whole trail found.

    Args:
        first: The number of the first entry that is kept, 0 when there is none.
        last: The number of the newest entry that was ever written.
        seal: Its seal: noted elsewhere, it proves later that nothing before it was changed.
        broken: The number of the first entry that does not fit, None if all do.
        why: What does not fit, as a sentence; empty if all does.
        erased: How many entries had their personal part erased.
    """

    first: int
    last: int
    seal: str
    broken: int | None = None
    why: str = ""
    erased: int = 0
