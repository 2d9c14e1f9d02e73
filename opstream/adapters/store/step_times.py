"""How long steps worked, kept when a run ends: what estimates of later runs rest on."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import RunRow, StepTimeRow, table
from opstream.adapters.store.times import stored
from opstream.domain.run import Run, StepState, StepStatus

_RUNS_KEPT_IN_MIND = 20
_STEP_TIMES = table(StepTimeRow)
_new = insert(_STEP_TIMES)
_UPSERT = compiled(
    _new.on_conflict_do_update(
        index_elements=["run_id", "step"],
        set_={"seconds": _new.excluded.seconds, "ended_at": _new.excluded.ended_at},
    )
)


def rows_of(run: Run) -> Sequence[dict[str, Any]]:
    """Return a row for each step of an ended run that did its work by itself; () before the end."""
    if run.ended_at is None:
        return ()
    worked = ((step, working_seconds(state)) for step, state in run.steps.items())
    return [
        {
            "run_id": run.id,
            "step": step,
            "workflow_id": run.workflow_id,
            "seconds": seconds,
            "ended_at": stored(run.ended_at),
        }
        for step, seconds in worked
        if seconds is not None
    ]


def working_seconds(state: StepState) -> float | None:
    """Return how long a step worked, without the time in which it waited for a yes.

    None when it did not end well, or when a person's answer was its work.
    """
    if state.status is not StepStatus.SUCCEEDED or state.question:
        return None
    if state.started_at is None or state.ended_at is None:
        return None
    began, spent = state.started_at, state.ended_at - state.started_at
    asked = (*state.earlier_approvals, *((state.approval,) if state.approval else ()))
    for approval in asked:
        if approval.settled_at is not None and approval.asked_at >= began:
            spent -= approval.settled_at - approval.asked_at
    return max(spent, timedelta()).total_seconds()


def write(connection: sqlite3.Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows; a run that was set going again and ends once more replaces its own."""
    connection.executemany(_UPSERT, rows)


def of_workflow(session: Session, workflow_id: str) -> Mapping[str, Sequence[float]]:
    """Return, by step, its seconds in the last runs of a workflow that ended, newest first."""
    last = (
        select(RunRow.id)
        .where(RunRow.workflow_id == workflow_id, col(RunRow.ended_at).is_not(None))
        .order_by(col(RunRow.ended_at).desc())
        .limit(_RUNS_KEPT_IN_MIND)
    )
    times = (
        select(StepTimeRow.step, StepTimeRow.seconds)
        .where(col(StepTimeRow.run_id).in_(last))
        .order_by(col(StepTimeRow.ended_at).desc())
    )
    by_step: dict[str, list[float]] = {}
    for step, seconds in session.exec(times):
        by_step.setdefault(step, []).append(seconds)
    return by_step
