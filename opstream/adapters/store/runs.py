"""The journal of all runs; satisfies the port `RunStore`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, bindparam, true, update
from sqlmodel import Session, col, func, select

from opstream.adapters.store import commits, facts, lists, step_times, waits
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Writer
from opstream.adapters.store.statements import Dialect, compiled
from opstream.adapters.store.tables import FactRow, RunRow, table
from opstream.adapters.store.times import moment_or_none, stored
from opstream.domain.history import Fact
from opstream.domain.person import Person
from opstream.domain.run import RunSummary
from opstream.ports import RunFilter, StepTime, UnitOfWork

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


class Claims(Protocol):
    """Which runs are whose."""

    async def claim(self, run_id: str) -> bool:
        """Make this process the owner of a run; False when a live process is."""

    async def release(self, run_id: str) -> None:
        """Give up a claim."""

    def epoch(self, run_id: str) -> int:
        """Return the epoch of this process's claim of a run, 0 without one."""

    async def owner(self, run_id: str) -> str | None:
        """Return the name of the process that owns a run, None when none does."""

    def unclaimed(self) -> ColumnElement[bool]:
        """Return the condition that no other live process has a run."""


class AllOurs:
    """The claims of the only process that writes: every run is its own."""

    async def claim(self, run_id: str) -> bool:
        """Return True."""
        return True

    async def release(self, run_id: str) -> None:
        """Do nothing: nobody else could take it."""

    def epoch(self, run_id: str) -> int:
        """Return 0: there are no epochs where nobody else claims."""
        return 0

    async def owner(self, run_id: str) -> str | None:
        """Return None: no owner is written down."""
        return None

    def unclaimed(self) -> ColumnElement[bool]:
        """Return what always holds."""
        return true()


class SqlRuns:
    """Runs, their facts, and what is derived from them."""

    def __init__(self, writer: Writer, reader: Reader, claims: Claims) -> None:
        self._writer = writer
        self._reader = reader
        self._claims = claims

    async def commit(self, work: UnitOfWork) -> None:
        """Append facts durably; errors as the port says."""
        await self._writer.commit(commits.prepare(work))

    async def rests(self, run_id: str, version: int) -> None:
        """Note that nothing is to be done in a run at this version; if it moved on, change nothing."""
        await self._writer.execute(_RESTS, [{"run": run_id, "seen": version, "has_work": False}])

    async def history(self, run_id: str) -> Sequence[Fact]:
        """Return a run's facts, oldest first; empty when there is no such run."""
        return await self._reader.read(lambda session: _history(session, run_id))

    async def find(self, prefix: str, seen_by: Person | None = None) -> Sequence[str]:
        """Return up to 5 ids that are, or begin with, `prefix`; the exact one first."""
        return await self._reader.read(lambda look: lists.find(look, prefix.lower(), seen_by))

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
        """Return ids of the runs that want a look and that no other live process has."""
        query = (
            select(RunRow.id)
            .where(col(RunRow.has_work), self._claims.unclaimed())
            .order_by(col(RunRow.priority).desc(), col(RunRow.started_at), col(RunRow.id))
        )
        return await self._reader.read(lambda session: session.exec(query).all())

    async def claim(self, run_id: str) -> bool:
        """Make this process the owner of a run; False when a live process is."""
        return await self._claims.claim(run_id)

    async def release(self, run_id: str) -> None:
        """Give up a claim; nothing happens where another process has it."""
        await self._claims.release(run_id)

    def epoch(self, run_id: str) -> int:
        """Return the epoch of this process's claim of a run, 0 without one."""
        return self._claims.epoch(run_id)

    async def owner(self, run_id: str) -> str | None:
        """Return the name of the process that owns a run, None when none does."""
        return await self._claims.owner(run_id)

    async def children(self, run_id: str) -> Sequence[str]:
        """Return ids of the runs that steps of a run started and that have not ended."""
        ongoing = (col(RunRow.parent) == run_id, col(RunRow.ended_at).is_(None))
        query = select(RunRow.id).where(*ongoing).order_by(RunRow.id)
        return await self._reader.read(lambda session: session.exec(query).all())

    async def waiting_for(self, topic: str) -> Sequence[str]:
        """Return ids of active and paused runs with a step that waits for letters of a topic."""
        return await self._reader.read(lambda session: waits.listening(session, topic))

    async def next_queued(self, workflow_id: str) -> str | None:
        """Return the queued run of a workflow that goes first: highest priority, then oldest."""
        return await self._reader.read(lambda session: lists.next_queued(session, workflow_id))

    async def oldest_active(self, workflow_id: str) -> str | None:
        """Return the run of a workflow that has been active, or paused, longest."""
        return await self._reader.read(lambda session: lists.oldest_active(session, workflow_id))

    async def with_room(self) -> Sequence[str]:
        """Return ids of workflows that have queued runs."""
        return await self._reader.read(lists.with_queued)

    async def step_times(self, workflow_id: str, runs: int = 60) -> Sequence[StepTime]:
        """Return how long steps took in the last runs that ended well, newest first."""
        return await self._reader.read(
            lambda session: step_times.of_last_runs(session, workflow_id, runs)
        )


def _history(session: Session, run_id: str) -> Sequence[Fact]:
    connection = session.connection()
    text = _HISTORY.text(Dialect(connection.dialect.name))
    rows = connection.exec_driver_sql(text, {"run": run_id})
    return [facts.decode(body) for (body,) in rows]
