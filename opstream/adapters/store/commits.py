"""What one commit of a run writes: made ready on the caller's side, done in the writer's thread."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.sqlite import insert

from opstream.adapters.store import approvals, audit, facts, step_times
from opstream.adapters.store.statements import compiled, storable
from opstream.adapters.store.tables import FactRow, RunRow, table
from opstream.adapters.store.times import stored, stored_or_none
from opstream.domain.audit import AuditEntry
from opstream.domain.run import Run, RunStatus, StepStatus
from opstream.errors import RunMovedOn
from opstream.ports import UnitOfWork

_ASKING = frozenset({StepStatus.ASKING_APPROVAL, StepStatus.ASKING_PERSON, StepStatus.DOUBTED})
_MOVING = ("version", "wake_at", "waits_for_person")
# Most commits leave these as they are; writing them all the same would rewrite every index of lists.
_LASTING = ("status", "ended_at", "reason", "has_work")
_RUNS = table(RunRow)
_BEGIN_RUN = compiled(insert(_RUNS).on_conflict_do_nothing())
_MOVE_RUN = compiled(
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("run"), _RUNS.c.version == bindparam("expected"))
    .values({name: bindparam(name) for name in _MOVING})
)
_MARK_RUN = compiled(
    update(_RUNS)
    .where(
        _RUNS.c.id == bindparam("run"),
        or_(*(_RUNS.c[name].is_distinct_from(bindparam(name)) for name in _LASTING)),
    )
    .values({name: bindparam(name) for name in _LASTING})
)
_ADD_FACT = compiled(plain_insert(table(FactRow)))


@dataclass(frozen=True, slots=True)
class Commit:
    """A unit of work as rows; calling it writes them."""

    run_row: dict[str, Any]
    expected_version: int
    fact_rows: Sequence[dict[str, Any]]
    changes: Sequence[approvals.Change]
    step_time_rows: Sequence[dict[str, Any]]
    audit: Sequence[AuditEntry]

    def __call__(self, connection: sqlite3.Connection) -> None:
        """Write all of it.

        Raises:
            RunMovedOn: the run is not at the expected version.
            TooLate: an approval was settled before.
        """
        self._move_run(connection)
        connection.executemany(_ADD_FACT, self.fact_rows)
        for change in self.changes:
            change(connection)
        if self.step_time_rows:
            step_times.write(connection, self.step_time_rows)
        audit.append(connection, self.audit)

    def _move_run(self, connection: sqlite3.Connection) -> None:
        run_id = self.run_row["id"]
        if self.expected_version == 0:
            if connection.execute(_BEGIN_RUN, self.run_row).rowcount == 0:
                raise RunMovedOn(f"There is a run `{run_id}` already.")
            return
        changed = {**self.run_row, "run": run_id, "expected": self.expected_version}
        if connection.execute(_MOVE_RUN, changed).rowcount == 0:
            raise RunMovedOn(f"Something else happened to the run `{run_id}` in the meantime.")
        connection.execute(_MARK_RUN, changed)


def prepare(work: UnitOfWork) -> Commit:
    """Return a unit of work as rows.

    Raises:
        ValueError: the version of the run is not what its facts add up to, or its id is not in small
            letters.
    """
    run = work.run
    if run.id != run.id.lower():
        raise ValueError(f"the id {run.id!r} is not in small letters, so nobody would find it")
    if run.version != work.expected_version + len(work.facts):
        raise ValueError(
            f"{len(work.facts)} facts after version {work.expected_version} of {run.id!r} do not "
            f"make version {run.version}"
        )
    changes = (approvals.change_of(run.id, fact) for fact in work.facts)
    return Commit(
        run_row=_run_row(run, work.rests),
        expected_version=work.expected_version,
        fact_rows=_fact_rows(work),
        changes=[change for change in changes if change is not None],
        step_time_rows=step_times.rows_of(run),
        audit=work.audit,
    )


def _run_row(run: Run, rests: bool) -> dict[str, Any]:
    return {
        "id": run.id,
        "workflow_id": run.workflow_id,
        "workflow_version": run.workflow_version,
        "status": run.status.value,
        "by_id": run.by.id,
        "by_name": storable(run.by.name),
        "channel": run.place.channel if run.place else None,
        "thread": run.place.thread if run.place else None,
        "started_at": stored(run.started_at),
        "ended_at": stored_or_none(run.ended_at),
        "reason": storable(run.reason),
        "wake_at": stored_or_none(run.wake_at),
        "version": run.version,
        "shown_version": 0,
        "waits_for_person": not run.status.ended
        and any(state.status in _ASKING for state in run.open.values()),
        "has_work": run.status is RunStatus.ACTIVE and not rests,
    }


def _fact_rows(work: UnitOfWork) -> Sequence[dict[str, Any]]:
    return [
        {
            "run_id": work.run.id,
            "seq": seq,
            "kind": fact.kind,
            "at": stored(fact.at),
            "body": facts.encode(fact),
        }
        for seq, fact in enumerate(work.facts, start=work.expected_version + 1)
    ]
