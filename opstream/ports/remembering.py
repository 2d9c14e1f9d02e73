"""What is remembered: entries that are found again by word and by meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from opstream.domain.memory import Entry, EntryKind, Hit
from opstream.domain.person import Person
from opstream.domain.prompt import Vector


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for.

    Args:
        text: Its words; empty finds by meaning alone.
        vector: Its meaning; None finds by words alone.
        measure: Name of the embedder that made `vector`.
        trust: How much the order by meaning counts beside the one by words.
        alike: How alike, from 0 to 1, a passage has to be to be found by meaning alone.
        seen_by: For whom; what they may not see is left out before anything is ranked.
        kinds: Only these; empty means all.
        subject: Only what is about this, such as a thread, a service or a workflow; '' for all.
        limit: How many to return at most.
    """

    text: str
    vector: Vector | None = None
    measure: str = ""
    seen_by: Person | None = None
    kinds: frozenset[EntryKind] = frozenset()
    subject: str = ""
    limit: int = 5
    trust: float = 1.0
    alike: float = 0.0


class MemoryStore(Protocol):
    """Keeps entries with their passages and vectors; all raise `StoreUnavailable`."""

    async def keep(self, entry: Entry, vectors: Sequence[Vector], measure: str) -> None:
        """Insert or replace an entry by its id, durably; it is found at once.

        Args:
            vectors: One for each passage of the entry; empty where meaning could not be measured yet.
            measure: Name of the embedder that made them.
        """

    async def find(self, question: Question) -> Sequence[Hit]:
        """Return the passages that fit best, best first, at most one of an entry; words and meaning are fused."""

    async def get(self, entry_id: str) -> Entry | None:
        """Return an entry, or None."""

    async def about(self, subject: str, kinds: frozenset[EntryKind], limit: int) -> Sequence[Entry]:
        """Return entries about a subject, newest first."""

    async def remove(self, entry_id: str) -> bool:
        """Forget an entry; False when there is none."""

    async def unmeasured(self, measure: str, limit: int) -> Sequence[Entry]:
        """Return entries that have no vectors of a measure yet, oldest first."""

    async def outdated(self, kind: EntryKind, before: datetime, most: int) -> int:
        """Remove entries of a kind that are older, the oldest first, durably; return how many."""

    async def count(self) -> Mapping[EntryKind, int]:
        """Return how many entries there are, by kind."""

    async def tally(self, counts: Mapping[str, int]) -> None:
        """Add to counters, durably; each is made with the first count."""

    async def tallies(self) -> Mapping[str, int]:
        """Return all counters."""
