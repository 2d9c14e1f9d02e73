"""Finds passages by their meaning: all vectors of a measure stand in this process, and all are compared.

At 100,000 passages sqlite-vec takes several times as long, because it reads every vector from the file each
time (see `docs/memory.md`). The matrix follows the database: what is new is read before each
search, and a passage that is gone is dropped when it is met. numpy is imported with the first search.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import text
from sqlmodel import Session

from opstream.domain.audience import Standing
from opstream.domain.memory import EntryKind
from opstream.domain.person import Person
from opstream.domain.prompt import Vector
from opstream.ports import Question

if TYPE_CHECKING:  # a tenth of a second to import, and only needed where meaning is measured
    import numpy as np
    from numpy.typing import NDArray

NEAREST = 120
"""How many of the nearest are put in order."""
_MEASURES = 2
_FIRST = 1_024
_BLOCK = 8_192
_BYTES = 4
_GONE = -1
_Group: TypeAlias = tuple[str, bool, str, str, str]
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
        self, look: Session, question: Question, entries: Sequence[int] | None
    ) -> list[int]:
        """Return the passages nearest to the vector of a question, nearest first.

        Args:
            entries: Only those of these entries; None for all.
        """
        measure, vector = question.measure, question.vector
        if vector is None:
            return []
        with self._lock:
            matrix = self._known.setdefault(measure, _Matrix(len(vector)))
            self._known.move_to_end(measure)
            if len(self._known) > _MEASURES:
                self._known.popitem(last=False)
            while rows := _new(look, measure, matrix.last):
                matrix.add(rows)
        if len(vector) != matrix.width or not matrix.size:
            return []
        return matrix.nearest(vector, question, entries)

    def drop(self, measure: str, passages: Iterable[int]) -> None:
        """Forget passages that are gone, with all others of their entries, which went with them."""
        with self._lock:
            if measure in self._known:
                self._known[measure].drop(passages)


def _new(look: Session, measure: str, last: int) -> Sequence[Any]:
    asked = {"measure": measure, "last": last, "most": _BLOCK}
    return look.connection().execute(_NEW, asked).all()


class _Matrix:
    """Vectors of one length, and what each belongs to.

    What stands in it is never moved: whoever looks at the first rows may do so while more are added. The
    vectors stand in blocks, as to copy them into a larger matrix would take longer than to read them.
    """

    def __init__(self, width: int) -> None:
        import numpy as np  # see above

        self._np = np
        self.width = width
        self.size = 0
        self.last = 0
        self._blocks: list[NDArray[np.float32]] = []
        self._passages: NDArray[np.int64] = np.empty(_FIRST, np.int64)
        self._entries: NDArray[np.int64] = np.empty(_FIRST, np.int64)
        self._groups: NDArray[np.int32] = np.empty(_FIRST, np.int32)
        self._codes: dict[_Group, int] = {}

    def add(self, rows: Sequence[Any]) -> None:
        """Take in vectors; those of another length are left out."""
        self.last = rows[-1][0]
        fitting = [row for row in rows if len(row[1]) == self.width * _BYTES]
        if not fitting:
            return
        np = self._np
        passages, vectors, entries, *groups = zip(*fitting, strict=True)
        begin, end = self.size, self.size + len(fitting)
        self._make_room(end)
        found = np.frombuffer(b"".join(vectors), np.dtype("<f4"))
        self._add_vectors(found.reshape(-1, self.width))
        self._passages[begin:end] = passages
        self._entries[begin:end] = entries
        codes = self._codes
        self._groups[begin:end] = [
            codes.setdefault(one, len(codes)) for one in zip(*groups, strict=True)
        ]
        self.size = end

    def nearest(
        self, vector: Vector, question: Question, entries: Sequence[int] | None
    ) -> list[int]:
        """Return passages by the cosine of the angle, as all vectors have the length 1."""
        np, size = self._np, self.size
        allowed = self._allowed(size, question.seen_by, question.kinds, entries)
        wanted = np.asarray(vector, np.float32)
        # In this thread alone: the threads of a matrix product keep the processor busy long after it.
        scores = np.concatenate(
            [
                np.einsum("ij,j->i", block[: size - at * _BLOCK], wanted)
                for at, block in enumerate(self._blocks[: -(-size // _BLOCK)])
            ]
        )
        if question.alike > 0:
            allowed &= scores >= question.alike
        scores[~allowed] = -np.inf
        few = min(NEAREST, int(allowed.sum()))
        best = np.argpartition(-scores, few - 1)[:few] if 0 < few < size else np.arange(size)
        passages = self._passages[best]
        return [int(one) for one in passages[np.lexsort((-passages, -scores[best]))][:few]]

    def _allowed(
        self,
        size: int,
        person: Person | None,
        kinds: frozenset[EntryKind],
        entries: Sequence[int] | None,
    ) -> "NDArray[np.bool_]":
        """Return which vectors may be looked at."""
        of_group = [
            Standing(bool(group[1]), *group[2:]).seen_by(person)
            and (not kinds or group[0] in kinds)
            for group in list(self._codes)
        ]
        # The last one is what `_GONE` points at.
        allowed = self._np.asarray([*of_group, False], bool)[self._groups[:size]]
        if entries is None:
            return allowed
        wanted = self._np.asarray(entries, self._np.int64)
        return allowed & self._np.isin(self._entries[:size], wanted)

    def drop(self, passages: Iterable[int]) -> None:
        """Forget the entries of passages."""
        np = self._np
        met = np.isin(self._passages[: self.size], np.asarray(list(passages)))
        gone = np.isin(self._entries[: self.size], self._entries[: self.size][met])
        self._groups[: self.size][gone] = _GONE

    def _add_vectors(self, found: "NDArray[np.float32]") -> None:
        at = self.size
        while len(found):
            number, begin = divmod(at, _BLOCK)
            if number == len(self._blocks):
                self._blocks.append(self._np.empty((_BLOCK, self.width), self._np.float32))
            some = found[: _BLOCK - begin]
            self._blocks[number][begin : begin + len(some)] = some
            at += len(some)
            found = found[len(some) :]

    def _make_room(self, wanted: int) -> None:
        if wanted <= len(self._passages):
            return
        more = max(wanted, 2 * len(self._passages)) - len(self._passages)
        for name in ("_passages", "_entries", "_groups"):
            values: Any = getattr(self, name)
            room = self._np.empty(more, values.dtype)
            setattr(self, name, self._np.concatenate([values, room]))
