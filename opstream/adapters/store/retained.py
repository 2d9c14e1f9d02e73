"""Removes what has been kept for long enough, a little at a time; satisfies the port `Retained`.

Of runs only those go that have ended and owe nobody anything. Artifacts that a run under way may still need
stay, however old. When the beginning of the audit trail goes, the seal of its last entry is kept, and an
entry says so: what is left still proves itself.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, assert_never

from sqlalchemy import Table, bindparam, delete, func, select

from opstream.adapters.store import audit
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import (
    ApprovalRow,
    DeliveryRow,
    FactRow,
    PostingRow,
    RunRow,
    StepTimeRow,
    WaitRow,
    table,
)
from opstream.adapters.store.tables_of_models import UsageRow
from opstream.adapters.store.tables_of_people import AuditRow
from opstream.adapters.store.times import moment, stored
from opstream.domain.audit import AuditEntry
from opstream.domain.person import Who
from opstream.ports.governing import Kind

KEEPER = Who("opstream", "OpStream")
"""Who removes what is old, in the audit trail."""
_RUNS, _AUDIT, _DELIVERIES = table(RunRow), table(AuditRow), table(DeliveryRow)
_USAGE = table(UsageRow)
_OF_RUNS = [table(one) for one in (FactRow, ApprovalRow, WaitRow, StepTimeRow, PostingRow)]
_CONDITIONS: Mapping[Kind, tuple[Table, Any]] = {
    Kind.RUNS: (_RUNS, (_RUNS.c.ended_at < bindparam("before")) & ~_RUNS.c.has_work),
    Kind.AUDIT: (_AUDIT, _AUDIT.c.at < bindparam("before")),
    Kind.DELIVERIES: (_DELIVERIES, _DELIVERIES.c.at < bindparam("before")),
    Kind.USAGE: (_USAGE, _USAGE.c.at < bindparam("before")),
}
_END = _CONDITIONS[Kind.RUNS][1]
_SOME_RUNS = compiled(
    select(_RUNS.c.id)
    .where(_END)
    .order_by(_RUNS.c.ended_at)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_REMOVE_OF_RUN = [compiled(delete(one).where(one.c.run_id == bindparam("run"))) for one in _OF_RUNS]
_REMOVE_RUN = compiled(delete(_RUNS).where(_RUNS.c.id == bindparam("run"), _END))
_old = (
    select(_DELIVERIES.c.key)
    .where(_CONDITIONS[Kind.DELIVERIES][1])
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_REMOVE_DELIVERIES = compiled(delete(_DELIVERIES).where(_DELIVERIES.c.key.in_(_old)))
_spent = (
    select(_USAGE.c.key)
    .where(_CONDITIONS[Kind.USAGE][1])
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_REMOVE_USAGE = compiled(delete(_USAGE).where(_USAGE.c.key.in_(_spent)))
_young = select(func.min(_AUDIT.c.seq)).where(_AUDIT.c.at >= bindparam("before")).scalar_subquery()
_first = select(func.min(_AUDIT.c.seq)).scalar_subquery()
_LAST_TO_GO = compiled(
    select(_AUDIT.c.seq, _AUDIT.c.hash, _AUDIT.c.at)
    .where(
        _AUDIT.c.at < bindparam("before"),
        _AUDIT.c.seq < func.coalesce(_young, bindparam("none_young")),
        _AUDIT.c.seq < _first + bindparam("most"),
    )
    .order_by(_AUDIT.c.seq.desc())
    .limit(bindparam("one"))
    .offset(bindparam("skip"))
)
_CUT = compiled(delete(_AUDIT).where(_AUDIT.c.seq <= bindparam("last")))
_OLDEST_UNDER_WAY = select(func.min(_RUNS.c.started_at)).where(_RUNS.c.ended_at.is_(None))
_MANY = 2**31 - 1


class Ageing(Protocol):
    """Artifacts, which may stand elsewhere."""

    async def older(self, before: datetime) -> int:
        """Return how many were kept last before a moment."""

    async def remove_older(self, before: datetime, most: int) -> int:
        """Remove those that were kept last before a moment; return how many."""


class SqlRetained:
    """What stands in the database, and the artifacts beside it."""

    def __init__(self, writer: Writer, reader: Reader, artifacts: Ageing) -> None:
        self._writer = writer
        self._reader = reader
        self._artifacts = artifacts

    async def outdated(self, kind: Kind, before: datetime) -> int:
        """Return how many things of a kind are older."""
        if kind is Kind.ARTIFACTS:
            return await self._artifacts.older(await self._spared(before))
        where, condition = _CONDITIONS[kind]
        query = select(func.count()).select_from(where).where(condition)
        asked = {"before": stored(before)}
        return await self._reader.read(
            lambda look: int(look.connection().execute(query, asked).scalar_one())
        )

    async def remove(self, kind: Kind, before: datetime, most: int, now: datetime) -> int:
        """Remove older things of a kind, durably; return how many."""
        asked = {"before": stored(before), "most": most, "skip": 0}
        match kind:
            case Kind.ARTIFACTS:
                return await self._artifacts.remove_older(await self._spared(before), most)
            case Kind.DELIVERIES:
                return await self._writer.execute(_REMOVE_DELIVERIES, [asked])
            case Kind.USAGE:
                return await self._writer.execute(_REMOVE_USAGE, [asked])
            case Kind.RUNS:
                return await self._writer.change(lambda session: _remove_runs(session, asked, now))
            case Kind.AUDIT:
                return await self._writer.change(lambda session: _cut(session, asked, now))
        assert_never(kind)

    async def _spared(self, before: datetime) -> datetime:
        """Return the moment before which no run under way began."""
        oldest = await self._reader.read(
            lambda look: look.connection().execute(_OLDEST_UNDER_WAY).scalar_one()
        )
        return before if oldest is None else min(before, moment(oldest))


def _remove_runs(session: Session, asked: Mapping[str, int], now: datetime) -> int:
    found = session.execute(_SOME_RUNS, asked)
    runs = []
    while row := found.fetchone():
        runs.append(row[0])
    for run in runs:
        for statement in _REMOVE_OF_RUN:
            session.execute(statement, {"run": run})
        session.execute(_REMOVE_RUN, {"run": run, "before": asked["before"]})
    if runs:
        detail = f"{len(runs)} runs that ended before {_day(asked['before'])}"
        entry = AuditEntry(now, KEEPER, "data.removed", "runs", detail)
        audit.append((entry,), session.execute)
    return len(runs)


def _cut(session: Session, asked: Mapping[str, int], now: datetime) -> int:
    more = {"none_young": _MANY, "one": 1}
    last = session.execute(_LAST_TO_GO, {**asked, **more}).fetchone()
    if last is None:
        return 0
    seq, seal, _ = last
    detail = f"up to entry {seq}, whose seal was {seal}"
    entry = AuditEntry(now, KEEPER, "audit.cut", "audit", detail)
    audit.append((entry,), session.execute)
    session.execute(audit.MARK, {"name": audit.CUT, "seq": seq, "hash": seal})
    return session.execute(_CUT, {"last": seq}).rowcount


def _day(at: int) -> str:
    return moment(at).astimezone(UTC).date().isoformat()
