"""Answers of operations that are kept for a time, so that the same question need not be asked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptResult:
    """An answer.

    Args:
        key: Tells one question from another: it follows from operation and arguments.
        source: What the operation belongs to.
        at: When it was given.
        until: When nobody takes it any more.
        body: The answer as JSON; empty when it stands among the artifacts.
        artifact: The id under which it stands there; else empty.
    """

    key: str
    operation: str
    source: str
    at: datetime
    until: datetime
    body: str
    artifact: str = ""


class ResultStore(Protocol):
    """Kept answers; shared by all processes of an install, and never larger than a bound."""

    async def find(self, key: str, now: datetime) -> KeptResult | None:
        """Return the answer to a question, or None when there is none, or its time is over."""

    async def keep(self, result: KeptResult) -> None:
        """Insert or replace an answer; the oldest ones make room for it."""

    async def forget_source(self, source: str) -> int:
        """Remove all answers of a source, because it was written to; return how many."""

    async def remove_expired(self, now: datetime, most: int) -> int:
        """Remove answers whose time is over; return how many."""

    async def note_saved(self, operation: str, at: datetime) -> None:
        """Count a call that was spared."""

    async def saved(self, since: datetime) -> Mapping[str, int]:
        """Return how many calls were spared since a day, by operation."""
