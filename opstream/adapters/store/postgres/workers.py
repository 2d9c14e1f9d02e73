"""Which processes live, and which of them has claimed which run; all by the clock of the database."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    bindparam,
    cast,
    delete,
    exists,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel import select as select_rows

from opstream.adapters.store.postgres.writer import PostgresWriter
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Writer
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import RunRow, WorkerRow, table

_RUNS, _WORKERS = table(RunRow), table(WorkerRow)
_NOW: ColumnElement[int] = literal_column(
    "(extract(epoch from clock_timestamp()) * 1000000)::bigint", BigInteger
)
_FORGOTTEN_AFTER = timedelta(days=1)
_new = insert(_WORKERS).values(
    {name: bindparam(name) for name in ("id", "host", "pid")}
    | {"started_at": _NOW, "seen_at": _NOW}
)
_BEAT = compiled(
    _new.on_conflict_do_update(index_elements=["id"], set_={"seen_at": _new.excluded.seen_at})
)
_GONE = compiled(delete(_WORKERS).where(_WORKERS.c.id == bindparam("which")))
_FORGET = compiled(
    delete(_WORKERS).where(_WORKERS.c.seen_at < _NOW - bindparam("silence", type_=BigInteger))
)
_RELEASE = compiled(
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("run"), _RUNS.c.owner == bindparam("me"))
    .values(owner=null())
)


def _micros(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


class Workers:
    """The processes of an install, and this one among them.

    Args:
        me: The name by which this process claims runs; no other one has it, also none of before.
        lease: After so long without a sign of life a process counts as dead.
    """

    def __init__(
        self, writer: Writer, reader: Reader, me: str, process: tuple[str, int], lease: timedelta
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._me = me
        self._row = dict(zip(("id", "host", "pid"), (me, *process), strict=True))
        self._lease = _micros(lease)

    async def beat(self) -> None:
        """Leave a sign of life; the first one makes this process known."""
        await self._writer.execute(_BEAT, [self._row])

    async def gone(self) -> None:
        """Take this process off the list: its runs are free at once."""
        await self._writer.execute(_GONE, [{"which": self._me}])

    async def forget_the_dead(self) -> None:
        """Take off those that have not been seen for a day."""
        await self._writer.execute(_FORGET, [{"silence": _micros(_FORGOTTEN_AFTER)}])

    async def live(self) -> Sequence[str]:
        """Return the names of the processes that live, in order."""
        query = select_rows(WorkerRow.id).where(self._lives()).order_by(WorkerRow.id)
        return await self._reader.read(lambda look: look.exec(query).all())

    def _lives(self) -> ColumnElement[bool]:
        return _WORKERS.c.seen_at > _NOW - literal_column(str(self._lease), BigInteger)

    def others_run(self) -> ColumnElement[bool]:
        """Return the condition that a run has an owner which is another process, and lives."""
        lives = exists(select(_WORKERS.c.id).where(_WORKERS.c.id == _RUNS.c.owner, self._lives()))
        return (_RUNS.c.owner != bindparam("me", self._me)) & lives


class PostgresClaims:
    """Which runs are whose; satisfies what `SqlRuns` wants of claims.

    A claim raises the epoch of its run unless this process has it already. What was decided under an earlier
    epoch is refused (`commits.py`), whoever has the run by then: nobody, another process, or this one again.
    """

    def __init__(self, writer: PostgresWriter, reader: Reader, workers: Workers, me: str) -> None:
        self._writer = writer
        self._reader = reader
        self._workers = workers
        self._me = me
        self._epochs: dict[str, int] = {}
        is_new = _RUNS.c.owner.is_distinct_from(bindparam("me"))
        self._claim = compiled(
            update(_RUNS)
            .where(_RUNS.c.id == bindparam("run"), self.unclaimed())
            .values(owner=bindparam("me"), epoch=_RUNS.c.epoch + cast(is_new, Integer))
            .returning(_RUNS.c.epoch)
        )

    async def claim(self, run_id: str) -> bool:
        """Make this process the owner of a run; False when a live process is.

        True also where there is no such run: nobody else has it, and whoever looks finds out.
        """
        found = await self._writer.ask(self._claim, {"run": run_id, "me": self._me})
        if found is not None:
            self._epochs[run_id] = found[0]
            return True
        self._epochs.pop(run_id, None)
        return await self.owner(run_id) is None and not await self._exists(run_id)

    async def release(self, run_id: str) -> None:
        """Give up a claim; nothing happens where another process has it."""
        self._epochs.pop(run_id, None)
        await self._writer.execute(_RELEASE, [{"run": run_id, "me": self._me}])

    def epoch(self, run_id: str) -> int:
        """Return the epoch of this process's claim of a run, 0 without one."""
        return self._epochs.get(run_id, 0)

    async def owner(self, run_id: str) -> str | None:
        """Return the name of the process that owns a run, None when none does."""
        query = select_rows(RunRow.owner).where(RunRow.id == run_id)
        return await self._reader.read(lambda look: look.exec(query).first())

    async def _exists(self, run_id: str) -> bool:
        query = select_rows(RunRow.id).where(RunRow.id == run_id)
        return await self._reader.read(lambda look: look.exec(query).first()) is not None

    def unclaimed(self) -> ColumnElement[bool]:
        """Return the condition that no other live process has a run."""
        return or_(col(RunRow.owner).is_(None), ~self._workers.others_run())
