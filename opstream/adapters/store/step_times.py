"""How long steps worked, kept when a run ends: what estimates of later runs rest on."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import RunRow, StepTimeRow, table
from opstream.adapters.store.times import stored
from opstream.domain.history import Fact, RunFinished
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.ports import StepTime

_OF_ITEM = "["  # in the path of a step inside a loop, and nowhere else
_STEP_TIMES = table(StepTimeRow)
_new = insert(_STEP_TIMES)
UPSERT = compiled(
    _new.on_conflict_do_update(
        index_elements=["run_id", "step"],
        set_={"seconds": _new.excluded.seconds, "ended_at": _new.excluded.ended_at},
    )
)
"""Keeps a row; a run that was set going again and ends once more replaces its own."""


def rows_of(run: Run, facts: Iterable[Fact]) -> Sequence[dict[str, Any]]:
    """Return a row for each step that did its work by itself, if the facts end the run; else ().

    Of a loop there is one for the whole of it.
    """
    if run.ended_at is None or not any(isinstance(fact, RunFinished) for fact in facts):
        return ()
    worked = (
        (step, working_seconds(state)) for step, state in run.steps.items() if _OF_ITEM not in step
    )
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


def of_last_runs(session: Session, workflow_id: str, runs: int) -> list[StepTime]:
    """Return the step times of the last runs of a workflow that ended well, newest first."""
    last = (
        select(RunRow.id, RunRow.ended_at)
        .where(
            RunRow.workflow_id == workflow_id,
            col(RunRow.ended_at).is_not(None),
            RunRow.status == RunStatus.SUCCEEDED.value,
        )
        .order_by(col(RunRow.ended_at).desc(), col(RunRow.id).desc())
        .limit(runs)
        .subquery()
    )
    times = (
        select(StepTimeRow.run_id, StepTimeRow.step, StepTimeRow.seconds)
        .join(last, last.c.id == col(StepTimeRow.run_id))
        .order_by(last.c.ended_at.desc(), last.c.id.desc(), StepTimeRow.step)
    )
    return [StepTime(*found) for found in session.exec(times)]
