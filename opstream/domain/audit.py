"""Who did what, when, and how it ended."""

from dataclasses import dataclass
from datetime import datetime

from opstream.domain.person import Who


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail; `deed` is a dotted name such as `run.started`."""

    at: datetime
    by: Who
    deed: str
    subject: str
    detail: str = ""
    outcome: str = "done"
