"""The audit trail: append-only, each entry sealed with the hash of the one before (see `sealing.py`).

Whoever changes, removes or inserts an entry breaks the chain from there on. The chain is computed inside
the writer's transaction, where nobody else can append. Where it ends is kept apart from the entries, so
that entries cut off at the end are missed, and the next one does not close the gap.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from sqlalchemy import func, insert, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.sealing import BEGINNING, fault, sealed
from opstream.adapters.store.session import Answer, Writer
from opstream.adapters.store.statements import Row, Statement, compiled
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_people import AuditMarkRow, AuditRow
from opstream.adapters.store.times import moment, stored
from opstream.domain.audit import AuditEntry, AuditFilter, AuditPage, NumberedEntry, TrailState
from opstream.domain.person import Who

HEAD, CUT = "head", "cut"
_AUDIT, _MARKS = table(AuditRow), table(AuditMarkRow)
_INSERT = compiled(insert(_AUDIT))
LAST = compiled(
    select(_MARKS.c.seq, _MARKS.c.hash).where(_MARKS.c.name == literal_column(f"'{HEAD}'"))
)
"""Gives the number and the seal of the newest entry, or no row."""
_new = upsert(_MARKS)
MARK = compiled(
    _new.on_conflict_do_update(
        index_elements=["name"], set_={"seq": _new.excluded.seq, "hash": _new.excluded.hash}
    )
)
"""Notes where the trail ends, or begins."""
_BATCH = 1000
_NONE = (*BEGINNING, 0)
_GAP = "does not follow the entry before it"


def append(entries: Sequence[AuditEntry], execute: Callable[[Statement, Row], Answer]) -> None:
    """Append entries to the trail, within the transaction of what they tell about."""
    if entries:
        rows = sealed(entries, execute(LAST, {}).fetchone() or BEGINNING)
        for row in rows:
            execute(_INSERT, row)
        execute(MARK, head(rows))


def head(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the row that says where the trail ends after some rows."""
    return {"name": HEAD, "seq": rows[-1]["seq"], "hash": rows[-1]["hash"]}


class SqlAudit:
    """The trail; satisfies the port `AuditTrail`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def record(self, entry: AuditEntry) -> None:
        """Append an entry, durably."""
        await self._writer.change(lambda session: append((entry,), session.execute))

    async def of_subject(self, subject: str) -> Sequence[AuditEntry]:
        """Return what was done to a subject, such as a run, oldest first."""
        query = select_rows(AuditRow).where(AuditRow.subject == subject).order_by(col(AuditRow.seq))
        return await self._reader.read(lambda session: [_entry(row) for row in session.exec(query)])

    async def page(self, wanted: AuditFilter, offset: int, limit: int) -> AuditPage:
        """Return some entries, newest first."""
        conditions = _conditions(wanted)
        query = select_rows(AuditRow).where(*conditions).order_by(col(AuditRow.seq).desc())
        count = select_rows(func.count()).select_from(AuditRow).where(*conditions)

        def look(session: Session) -> AuditPage:
            found = session.exec(query.offset(offset).limit(limit))
            entries = [_numbered(row) for row in found]
            return AuditPage(entries, offset, limit, session.exec(count).one())

        return await self._reader.read(look)

    async def entries(self, wanted: AuditFilter) -> AsyncIterator[NumberedEntry]:
        """Yield all entries, oldest first, without holding them all."""
        conditions, after = _conditions(wanted), 0
        while True:
            rows = await self._after(after, *conditions)
            for row in rows:
                yield _numbered(row)
            if len(rows) < _BATCH:
                return
            after = rows[-1].seq

    async def seal_of(self, number: int) -> str | None:
        """Return the seal of an entry, or None when there is none of that number."""
        query = select_rows(AuditRow.hash).where(AuditRow.seq == number)
        return await self._reader.read(lambda session: session.exec(query).first())

    async def first_broken(self) -> int | None:
        """Return the number of the first entry that does not fit the ones before; None if all do."""
        return (await self.check()).broken

    async def check(self) -> TrailState:
        """Go through the whole trail, a part at a time, and return what was found.

        What is appended meanwhile is not looked at.
        """
        marks = {name: mark for name, *mark in await self._ends()}
        (seq, previous, *_), (*end, last) = marks.get(CUT, _NONE), marks.get(HEAD, _NONE)
        first, erased = 0, 0

        def found(broken: int | None = None, why: str = "") -> TrailState:
            return TrailState(first, end[0], end[1], broken, why, erased)

        while rows := await self._after(seq, col(AuditRow.seq) <= last):
            for row in rows:
                first = first or row.seq
                gap = row.seq != seq + 1
                wrong = _GAP if gap else fault(row.model_dump(), previous)
                if wrong:
                    return found(row.seq, f"Entry {row.seq} {wrong}.")
                seq, previous = row.seq, row.hash
                erased += row.salt is None and row.personal is not None
        if [seq, previous] != end:
            why = f"The newest entries are gone: there were {end[0]}, and the last one is {seq}."
            return found(seq + 1, why)
        return found()

    async def _ends(self) -> Sequence[Any]:
        """Return the ends of the trail, each with the number of the newest entry at this moment."""
        newest = select(func.max(_AUDIT.c.seq)).scalar_subquery()
        query = select(_MARKS.c.name, _MARKS.c.seq, _MARKS.c.hash, func.coalesce(newest, 0))
        return await self._reader.read(lambda session: list(session.connection().execute(query)))

    async def _after(self, seq: int, *conditions: Any) -> Sequence[AuditRow]:  # noqa: ANN401 - SQLAlchemy's conditions
        query = select_rows(AuditRow).where(col(AuditRow.seq) > seq, *conditions)
        query = query.order_by(col(AuditRow.seq)).limit(_BATCH)
        return await self._reader.read(lambda session: list(session.exec(query)))


def _conditions(wanted: AuditFilter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.person:
        conditions.append(
            or_(col(AuditRow.by_id) == wanted.person, col(AuditRow.subject) == wanted.person)
        )
    if wanted.subject:
        conditions.append(col(AuditRow.subject) == wanted.subject)
    if wanted.deed:
        conditions.append(col(AuditRow.deed).startswith(wanted.deed, autoescape=True))
    if wanted.since is not None:
        conditions.append(col(AuditRow.at) >= stored(wanted.since))
    return conditions


def _numbered(row: AuditRow) -> NumberedEntry:
    return NumberedEntry(row.seq, _entry(row), row.hash)


def _entry(row: AuditRow) -> AuditEntry:
    by = Who(row.by_id, row.by_name)
    return AuditEntry(moment(row.at), by, row.deed, row.subject, row.detail, row.outcome)
