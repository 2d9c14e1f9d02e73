"""The journal of all runs on SQLite; satisfies the port `RunStore`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, update
from sqlmodel import Session, col, func, select

from opstream.adapters.store import commits, facts, step_times
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import FactRow, RunRow, table
from opstream.adapters.store.times import moment, moment_or_none, stored
from opstream.adapters.store.writer import Writer
from opstream.domain.conversation import Place
from opstream.domain.history import Fact
from opstream.domain.person import Who
from opstream.domain.run import RunStatus, RunSummary
from opstream.ports import RunFilter, UnitOfWork

_FOUND_AT_MOST = 5
_LAST_CHARACTER = "\U0010ffff"
_FACTS = table(FactRow)
_RUNS = table(RunRow)
_HISTORY = compiled(
    select(_FACTS.c.body).where(_FACTS.c.run_id == bindparam("run")).order_by(_FACTS.c.seq)
)
_REST = compiled(
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("run"), _RUNS.c.version == bindparam("expected"))
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

    async def history(self, run_id: str) -> Sequence[Fact]:
        """Return a run's facts, oldest first; empty when there is no such run."""
        return await self._reader.read(lambda session: _history(session, run_id))

    async def find(self, prefix: str) -> Sequence[str]:
        """Return up to 5 ids that are, or begin with, `prefix`; the exact one first."""
        return await self._reader.read(lambda session: _find(session, prefix.lower()))

    async def summaries(self, wanted: RunFilter) -> Sequence[RunSummary]:
        """Return runs for a list, newest first."""
        query = (
            select(RunRow)
            .where(*_conditions(wanted))
            .order_by(col(RunRow.started_at).desc(), col(RunRow.id).desc())
            .limit(wanted.limit)
            .offset(wanted.offset)
        )
        return await self._reader.read(
            lambda session: [_summary(row) for row in session.exec(query)]
        )

    async def count(self, wanted: RunFilter) -> int:
        """Return how many runs the filter matches, whatever its limit."""
        query = select(func.count()).select_from(RunRow).where(*_conditions(wanted))
        return await self._reader.read(lambda session: session.exec(query).one())

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
        """Return ids of the runs that a starting process must look at."""
        return list(await self.restless())

    async def restless(self) -> Mapping[str, int]:
        """Return the versions, by id, of the active runs that are not known to be at rest."""
        query = select(RunRow.id, RunRow.version).where(col(RunRow.has_work))
        return await self._reader.read(lambda session: dict(session.exec(query).all()))

    async def rest(self, seen: Iterable[tuple[str, int]]) -> None:
        """Note runs in which there was nothing to do at these versions; ones that moved on stay."""
        rows = [{"run": run_id, "expected": version, "has_work": 0} for run_id, version in seen]
        if rows:
            await self._writer.execute(_REST, rows)

    async def step_seconds(self, workflow_id: str) -> Mapping[str, Sequence[float]]:
        """Return, by step, how long it worked in the last 20 ended runs, newest first."""
        return await self._reader.read(lambda session: step_times.of_workflow(session, workflow_id))


def _history(session: Session, run_id: str) -> Sequence[Fact]:
    rows = session.connection().exec_driver_sql(_HISTORY, {"run": run_id})
    return [facts.decode(body) for (body,) in rows]


def _find(session: Session, prefix: str) -> Sequence[str]:
    """Look where small letters stand in the index; only when there is nothing, at every id."""
    by_index = col(RunRow.id).between(prefix, prefix + _LAST_CHARACTER)
    any_case = func.lower(RunRow.id).startswith(prefix, autoescape=True)
    shortest_first = select(RunRow.id).order_by(func.length(RunRow.id), RunRow.id)
    for matches in (by_index, any_case):
        if found := session.exec(shortest_first.where(matches).limit(_FOUND_AT_MOST)).all():
            return found
    return []


def _conditions(wanted: RunFilter) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses:
        names = sorted(status.value for status in wanted.statuses)
        conditions.append(col(RunRow.status).in_(names))
    if wanted.workflow_id is not None:
        conditions.append(col(RunRow.workflow_id) == wanted.workflow_id)
    if wanted.started_by is not None:
        conditions.append(col(RunRow.by_id) == wanted.started_by)
    return conditions


def _summary(row: RunRow) -> RunSummary:
    return RunSummary(
        id=row.id,
        workflow_id=row.workflow_id,
        workflow_version=row.workflow_version,
        status=RunStatus(row.status),
        by=Who(row.by_id, row.by_name),
        place=None if row.channel is None else Place(row.channel, row.thread),
        started_at=moment(row.started_at),
        ended_at=moment_or_none(row.ended_at),
        reason=row.reason,
        waits_for_person=row.waits_for_person,
    )
