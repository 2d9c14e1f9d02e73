"""What one commit of a run writes, as rows: made ready on the caller's side, the same for each database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opstream.adapters.store import approvals, facts, step_times, waits
from opstream.adapters.store.statements import storable
from opstream.adapters.store.times import stored, stored_or_none
from opstream.domain.audit import AuditEntry
from opstream.domain.run import Run, RunStatus, StepStatus
from opstream.errors import NoRoom, RunMovedOn
from opstream.ports import Room, UnitOfWork

_ASKING = frozenset({StepStatus.ASKING_APPROVAL, StepStatus.ASKING_PERSON, StepStatus.DOUBTED})
_AT_REST = frozenset({RunStatus.QUEUED, RunStatus.PAUSED})
_TAKE_ROOM = (RunStatus.ACTIVE, RunStatus.PAUSED, RunStatus.STOPPING)
TAKES_ROOM = f"status IN ({', '.join(repr(one.value) for one in _TAKE_ROOM)})"
"""Which rows of runs count where room is limited."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A unit of work as rows.

    Args:
        run: The row of the run after it.
        expected: The version that it must find; 0 for a run that begins.
    """

    work: UnitOfWork
    run: dict[str, Any]
    expected: int
    facts: Sequence[dict[str, Any]]
    approvals: approvals.Changes
    waits: waits.Changes
    step_times: Sequence[dict[str, Any]]

    @property
    def room(self) -> Room | None:
        """What must hold, or None."""
        return self.work.room

    @property
    def audit(self) -> Sequence[AuditEntry]:
        """What goes to the audit trail with it."""
        return self.work.audit


def prepare(work: UnitOfWork) -> Commit:
    """Return a unit of work as rows.

    Raises:
        TooLate: its facts settle an approval twice.
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
    return Commit(
        work=work,
        run=_run_row(work),
        expected=work.expected_version,
        facts=_fact_rows(work),
        approvals=approvals.changes_of(run, work.facts),
        waits=waits.changes_of(work.facts),
        step_times=step_times.rows_of(run, work.facts),
    )


def moved_on(commit: Commit) -> RunMovedOn:
    """Return the complaint that a commit did not find what it was decided on."""
    run_id = commit.run["id"]
    if commit.expected == 0:
        return RunMovedOn(f"There is a run `{run_id}` already.")
    return RunMovedOn(f"Something else happened to the run `{run_id}` in the meantime.")


def no_room(commit: Commit) -> NoRoom:
    """Return the complaint that too many runs are active for one more."""
    return NoRoom(
        f"As many runs of `{commit.run['workflow_id']}`, or of {commit.run['by_name']}, are active "
        "as may be. Wait for one to end, or cancel one."
    )


def _run_row(work: UnitOfWork) -> dict[str, Any]:
    run = work.run
    return {
        "id": run.id,
        "workflow_id": run.workflow_id,
        "workflow_version": run.workflow_version,
        "status": run.status.value,
        "by_id": run.by.id,
        "by_name": storable(run.by.name),
        **_handed(run),
        "channel": run.place.channel if run.place else None,
        "thread": run.place.thread if run.place else None,
        "started_at": stored(run.started_at),
        "ended_at": stored_or_none(run.ended_at),
        "reason": storable(run.reason),
        "wake_at": stored_or_none(run.wake_at),
        "version": run.version,
        "shown_version": 0,
        "waits_for_person": _waits_for_person(run),
        "has_work": run.status not in _AT_REST and not work.rests,
        "has_news": True,
        "priority": work.priority,
        "parent": run.parent.run if run.parent else None,
        "owner": None,
        "epoch": 0,
    }


def _handed(run: Run) -> dict[str, str | None]:
    """Return who answers for a run in place of who started it."""
    if run.responsible.id == run.by.id:
        return {"handed_to": None, "handed_name": None}
    return {"handed_to": run.responsible.id, "handed_name": storable(run.responsible.name)}


def _waits_for_person(run: Run) -> bool:
    if run.status.ended:
        return False
    return any(state.status in _ASKING or state.asks_now for state in run.open.values())


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
