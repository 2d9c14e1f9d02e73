"""The journal of all runs on SQLite; satisfies the port `RunStore`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, func, select

from opstream.adapters.store import commits, facts, lists, step_times
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import FactRow, RunRow, table
from opstream.adapters.store.times import moment_or_none, stored
from opstream.adapters.store.writer import Writer
from opstream.domain.history import Fact
from opstream.domain.run import RunSummary
from opstream.ports import RunFilter, UnitOfWork

_FACTS = table(FactRow)
_RUNS = table(RunRow)
_HISTORY = compiled(
    select(_FACTS.c.body).where(_FACTS.c.run_id == bindparam("run")).order_by(_FACTS.c.seq)
)
_RESTS = compiled(
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("run"), _RUNS.c.version == bindparam("seen"), _RUNS.c.has_work)
    .values(has_work=bindparam("has_work"))
)


class SqlRuns:
    """Runs, their facts, and what is derived from them."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def commit(self, work: UnitOfWork) -> None:
        """Append facts durably; errors as the port says."""
        await self._writer.write(commits.prepare(work))

    async def rests(self, run_id: str, version: int) -> None:
        """Note that nothing is to be done in a run at this version; if it moved on, change nothing."""
        await self._writer.execute(_RESTS, [{"run": run_id, "seen": version, "has_work": 0}])

    async def history(self, run_id: str) -> Sequence[Fact]:
        """Return a run's facts, oldest first; empty when there is no such run."""
        return await self._reader.read(lambda session: _history(session, run_id))

    async def find(self, prefix: str) -> Sequence[str]:
        """Return up to 5 ids that are, or begin with, `prefix`; the exact one first."""
        return await self._reader.read(lambda session: lists.find(session, prefix.lower()))

    async def summaries(self, wanted: RunFilter) -> Sequence[RunSummary]:
        """Return runs for a list, newest first."""
        return await self._reader.read(lambda session: lists.summaries(session, wanted))

    async def count(self, wanted: RunFilter) -> int:
        """Return how many runs the filter matches, whatever its limit."""
        return await self._reader.read(lambda session: lists.count(session, wanted))

    async def due(self, now: datetime) -> Sequence[str]:
        """Return ids of active runs whose `wake_at` has come, the longest due first."""
        wake_at = col(RunRow.wake_at)
        query = select(RunRow.id).where(wake_at <= stored(now)).order_by(wake_at)
        return await self._reader.read(lambda session: session.exec(query).all())

    async def next_wake(self, after: datetime | None = None) -> datetime | None:
        """Return the earliest `wake_at` of all active runs, or the earliest after a time."""
        wake_at = col(RunRow.wake_at)
        later = wake_at.is_not(None) if after is None else wake_at > stored(after)
        query = select(func.min(wake_at)).where(later)
        return await self._reader.read(lambda session: moment_or_none(session.exec(query).one()))

    async def unfinished(self) -> Sequence[str]:
        """Return ids of the active runs that are not known to rest."""
        query = select(RunRow.id).where(col(RunRow.has_work))
        return await self._reader.read(lambda session: session.exec(query).all())

    async def step_seconds(self, workflow_id: str) -> Mapping[str, Sequence[float]]:
        """Return, by step, how long it worked in the last 20 ended runs, newest first."""
        return await self._reader.read(lambda session: step_times.of_workflow(session, workflow_id))


def _history(session: Session, run_id: str) -> Sequence[Fact]:
    rows = session.connection().exec_driver_sql(_HISTORY, {"run": run_id})
    return [facts.decode(body) for (body,) in rows]
