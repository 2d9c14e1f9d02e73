"""Answers of operations that are kept for a time; satisfies the port `ResultStore`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import bindparam, delete, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel import select as select_rows

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import compiled, storable
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_results import ResultRow, SavedCallsRow
from opstream.adapters.store.times import moment, stored
from opstream.ports.results import KeptResult

_RESULTS, _SAVED = table(ResultRow), table(SavedCallsRow)
_new = insert(_RESULTS)
_KEEP = compiled(
    _new.on_conflict_do_update(
        index_elements=["key"],
        set_={one.name: _new.excluded[one.name] for one in _RESULTS.columns if one.name != "key"},
    )
)
_FORGET_SOURCE = compiled(delete(_RESULTS).where(_RESULTS.c.source == bindparam("which")))
_FORGET_ALL = compiled(delete(_RESULTS))
_expired = select(_RESULTS.c.key).where(_RESULTS.c.until <= bindparam("now"))
_REMOVE_EXPIRED = compiled(
    delete(_RESULTS).where(
        _RESULTS.c.key.in_(
            _expired.order_by(_RESULTS.c.until).limit(bindparam("most")).offset(bindparam("skip"))
        )
    )
)
_SIZES = compiled(
    select(func.count(), func.coalesce(func.sum(_RESULTS.c.size), literal_column("0")))
)
_oldest = (
    select(_RESULTS.c.key)
    .order_by(_RESULTS.c.at)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_REMOVE_OLDEST = compiled(delete(_RESULTS).where(_RESULTS.c.key.in_(_oldest)))
_one_more = insert(_SAVED)
_NOTE_SAVED = compiled(
    _one_more.on_conflict_do_update(
        index_elements=["day", "operation"],
        set_={"calls": _SAVED.c.calls + _one_more.excluded.calls},
    )
)
_MOST, _MOST_BYTES = 20_000, 200_000_000
_LOOK_EVERY = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).date()


class SqlResults:
    """Answers in the database, so that every process has them.

    Args:
        most: How many there may be; looked at now and then, so there may be a few more for a while.
        most_bytes: How large they may be together.
    """

    def __init__(
        self,
        writer: Writer,
        reader: Reader,
        most: int = _MOST,
        most_bytes: int = _MOST_BYTES,
        look_every: int = _LOOK_EVERY,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._most = most
        self._most_bytes = most_bytes
        self._look_every = look_every
        self._number = count()

    async def find(self, key: str, now: datetime) -> KeptResult | None:
        """Return the answer to a question, or None when there is none, or its time is over."""
        query = select_rows(ResultRow).where(
            ResultRow.key == key, col(ResultRow.until) > stored(now)
        )

        row = await self._reader.read(lambda look: look.exec(query).first())
        if row is None:
            return None
        return KeptResult(
            row.key,
            row.operation,
            row.source,
            moment(row.at),
            moment(row.until),
            row.body,
            row.artifact,
        )

    async def keep(self, result: KeptResult) -> None:
        """Insert or replace an answer; the oldest ones make room for it."""
        row = {
            "key": result.key,
            "operation": storable(result.operation),
            "source": storable(result.source),
            "at": stored(result.at),
            "until": stored(result.until),
            "size": len(result.body.encode(errors="replace")),
            "artifact": result.artifact,
            "body": storable(result.body),
        }
        if next(self._number) % self._look_every:
            await self._writer.execute(_KEEP, [row])
            return
        await self._writer.change(lambda session: self._keep_and_make_room(session, row))

    def _keep_and_make_room(self, session: Session, row: Mapping[str, object]) -> None:
        session.execute(_KEEP, row)
        rows, size = session.execute(_SIZES, {}).fetchone()
        while rows and (rows > self._most or size > self._most_bytes):
            surplus = max(rows - self._most, rows // 10, 1)
            session.execute(_REMOVE_OLDEST, {"most": surplus, "skip": 0})
            rows, size = session.execute(_SIZES, {}).fetchone()

    async def forget_source(self, source: str) -> int:
        """Remove all answers of a source; return how many."""
        return await self._writer.execute(_FORGET_SOURCE, [{"which": source}])

    async def remove_expired(self, now: datetime, most: int) -> int:
        """Remove answers whose time is over; return how many."""
        return await self._writer.execute(
            _REMOVE_EXPIRED, [{"now": stored(now), "most": most, "skip": 0}]
        )

    async def note_saved(self, operation: str, at: datetime) -> None:
        """Count a call that was spared."""
        row = {"day": _day(at), "operation": storable(operation), "calls": 1}
        await self._writer.execute(_NOTE_SAVED, [row])

    async def saved(self, since: datetime) -> Mapping[str, int]:
        """Return how many calls were spared since a day, by operation."""
        query = (
            select(_SAVED.c.operation, func.sum(_SAVED.c.calls))
            .where(_SAVED.c.day >= _day(since))
            .group_by(_SAVED.c.operation)
            .order_by(_SAVED.c.operation)
        )
        rows = await self._reader.read(lambda look: look.connection().execute(query).all())
        return {operation: int(calls) for operation, calls in rows}


def forget(session: Session) -> None:
    """Remove every answer, because one may name a person who is to be forgotten; all can be asked again."""
    session.execute(_FORGET_ALL, {})


def _day(at: datetime) -> int:
    return (at.astimezone(UTC).date() - _EPOCH).days
