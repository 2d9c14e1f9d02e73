"""Taking back what a run did, in reverse order, before it ends badly. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.effects import Effect, Finish
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.workflow import Workflow
from opstream.engine import stepping


def end(workflow: Workflow, run: Run, finished: h.RunFinished) -> Finish:
    """Return the end of a run, or what comes before it while there is something to undo."""
    if not is_needed(workflow, run):
        return Finish(finished)
    return Finish(h.RunStopping(finished.at, finished.outcome, finished.reason, finished.by))


def is_needed(workflow: Workflow, run: Run) -> bool:
    """Return whether a run did something that can be undone, and that is not undone yet."""
    return any(True for _ in _undoable(workflow, run))


def effects(workflow: Workflow, run: Run, now: datetime) -> Sequence[Effect]:
    """Return what is to be done now in a run that is being undone: one step at a time."""
    for path in _undoable(workflow, run):
        return tuple(stepping.effects(workflow, workflow.step(paths.undo(path)), run, now))
    return (Finish(_finished(workflow, run, now)),)


def _undoable(workflow: Workflow, run: Run) -> Iterator[str]:
    """Yield the steps that are still to be undone, the one that ended last first.

    What may have happened has no end: it comes before all that has one.
    """
    if not workflow.has_undo:
        return
    done = [(path, state) for path, state in run.steps.items() if _did(workflow, path, state)]
    done.reverse()
    done.sort(key=_ended, reverse=True)
    for path, _ in done:
        if run.status is not RunStatus.STOPPING or not run.state(paths.undo(path)).settled:
            yield path


def _ended(one: tuple[str, StepState]) -> datetime:
    return one[1].ended_at or datetime.max.replace(tzinfo=UTC)


def _did(workflow: Workflow, path: str, state: StepState) -> bool:
    if state.status is not StepStatus.SUCCEEDED and not state.perhaps_done:
        return False
    if paths.undone(path) is not None:
        return False
    try:
        return workflow.step(path).undo is not None
    except KeyError:  # of a version of the workflow that had other steps
        return False


def _finished(workflow: Workflow, run: Run, now: datetime) -> h.RunFinished:
    stopping = run.stopping
    assert stopping is not None
    undone: list[str] = []
    left: list[str] = []
    for path, state in run.steps.items():
        of = paths.undone(path)
        if of is None or not state.settled:
            continue
        title = workflow.step(of).title
        if state.status is StepStatus.SUCCEEDED:
            undone.append(title)
        else:
            why = f" ({state.error})" if state.error else ""
            left.append(f"{title}{why}")
    said = [stopping.reason.rstrip()]
    if undone:
        said.append(f"Undone: {', '.join(undone)}.")
    if left:
        said.append(f"Could not be undone: {', '.join(left)}.")
    reason = " ".join(one for one in said if one)
    return h.RunFinished(now, stopping.outcome, reason=reason, by=stopping.by)
