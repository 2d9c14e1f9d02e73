"""Finds passages by their meaning: all vectors of a measure in one matrix of this process, compared with one product.

Compared at 100,000 passages, sqlite-vec takes 17 to 25 times as long, because it reads every vector from the
file each time (see `docs/memory.md`). The matrix follows the database: what is new is read before each
search, and a passage that is gone is dropped when it is met. numpy is imported with the first search.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlmodel import Session

from opstream.domain.audience import Standing
from opstream.domain.memory import EntryKind
from opstream.domain.person import Person
from opstream.domain.prompt import Vector

if TYPE_CHECKING:  # a tenth of a second to import, and only needed where meaning is measured
    import numpy as np
    from numpy.typing import NDArray

NEAREST = 120
"""How many of the nearest are put in order."""
_MEASURES = 2
_FIRST = 1_024
_BATCH = 5_000
_NEW = text("""
SELECT m.passage, m.numbers, p.entry, p.kind, p.everyone, p.person, p.channel, p.workspace
FROM memory_meanings m JOIN memory_passages p ON p.number = m.passage
WHERE m.measure = :measure AND m.passage > :last ORDER BY m.passage LIMIT :most
""")


class Meanings:
    """The vectors of the measures that were asked for last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, _Matrix] = OrderedDict()

    def nearest(
        self,
        look: Session,
        measure: str,
        vector: Vector,
        *,
        seen_by: Person | None,
        kinds: frozenset[EntryKind],
        entries: Sequence[int] | None,
    ) -> list[int]:
        """Return the passages nearest to a vector, nearest first.

        Args:
            entries: Only those of these entries; None for all.
        """
        with self._lock:
            matrix = self._known.setdefault(measure, _Matrix(len(vector)))
            self._known.move_to_end(measure)
            if len(self._known) > _MEASURES:
                self._known.popitem(last=False)
            while rows := _new(look, measure, matrix.last):
                for row in rows:
                    group = (Standing(bool(row[4]), row[5], row[6], row[7]), str(row[3]))
                    matrix.add(row[0], row[1], row[2], group)
            if len(vector) != matrix.width or not matrix.size:
                return []
            allowed = matrix.allowed(seen_by, kinds, entries)
            return matrix.nearest(vector, allowed)

    def drop(self, measure: str, passages: Iterable[int]) -> None:
        """Forget passages that are gone."""
        with self._lock:
            if measure in self._known:
                self._known[measure].drop(passages)


def _new(look: Session, measure: str, last: int) -> Sequence[Any]:
    asked = {"measure": measure, "last": last, "most": _BATCH}
    return look.connection().execute(_NEW, asked).all()


class _Matrix:
    """Vectors of one length, and what each belongs to."""

    def __init__(self, width: int) -> None:
        import numpy as np  # see above

        self._np = np
        self.width = width
        self.size = 0
        self.last = 0
        self._vectors: NDArray[np.float32] = np.empty((_FIRST, width), np.float32)
        self._passages: NDArray[np.int64] = np.empty(_FIRST, np.int64)
        self._entries: NDArray[np.int64] = np.empty(_FIRST, np.int64)
        self._groups: NDArray[np.int32] = np.empty(_FIRST, np.int32)
        self._codes: dict[tuple[Standing, str], int] = {}

    def add(self, passage: int, numbers: bytes, entry: int, group: tuple[Standing, str]) -> None:
        """Take in a vector; one of another length is left out."""
        self.last = passage
        vector = self._np.frombuffer(numbers, self._np.dtype("<f4"))
        if len(vector) != self.width:
            return
        if self.size == len(self._passages):
            self._grow()
        at = self.size
        self._vectors[at], self._passages[at], self._entries[at] = vector, passage, entry
        self._groups[at] = self._codes.setdefault(group, len(self._codes))
        self.size += 1

    def allowed(
        self, person: Person | None, kinds: frozenset[EntryKind], entries: Sequence[int] | None
    ) -> "NDArray[np.bool_]":
        """Return which vectors may be looked at."""
        of_group = [
            standing.seen_by(person) and (not kinds or kind in kinds)
            for standing, kind in self._codes
        ]
        allowed = self._np.asarray(of_group, bool)[self._groups[: self.size]]
        if entries is None:
            return allowed
        wanted = self._np.asarray(entries, self._np.int64)
        return allowed & self._np.isin(self._entries[: self.size], wanted)

    def nearest(self, vector: Vector, allowed: "NDArray[np.bool_]") -> list[int]:
        """Return passages by the cosine of the angle, as all vectors have the length 1."""
        np = self._np
        scores = self._vectors[: self.size] @ np.asarray(vector, np.float32)
        scores[~allowed] = -np.inf
        few = min(NEAREST, int(allowed.sum()))
        best = (
            np.argpartition(-scores, few - 1)[:few] if 0 < few < self.size else np.arange(self.size)
        )
        in_order = best[np.lexsort((-self._passages[best], -scores[best]))][:few]
        return [int(one) for one in self._passages[in_order]]

    def drop(self, passages: Iterable[int]) -> None:
        gone = self._np.isin(self._passages[: self.size], self._np.asarray(list(passages)))
        kept = int((~gone).sum())
        for name in ("_vectors", "_passages", "_entries", "_groups"):
            values: Any = getattr(self, name)
            values[:kept] = values[: self.size][~gone]
        self.size = kept

    def _grow(self) -> None:
        np = self._np
        more = len(self._passages)
        self._vectors = np.concatenate([self._vectors, np.empty((more, self.width), np.float32)])
        for name in ("_passages", "_entries", "_groups"):
            values: Any = getattr(self, name)
            setattr(self, name, np.concatenate([values, np.empty_like(values)]))
