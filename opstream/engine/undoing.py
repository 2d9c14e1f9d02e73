"""Taking back what a run did, in reverse order, before it ends badly. Pure.

First it has to be known what the run did. A call that is under way is let end; one of which nobody knows
how it ended is repeated with its key, or asked about, as after a crash. Only then is anything undone: the
order is that in which the steps ended, and a template of an undo sees what its step gave.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.effects import Effect, Finish
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.workflow import Step, Workflow
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
    open_calls = [path for path in run.open if _is_to_be_settled(workflow, run, path)]
    if open_calls:
        return [
            effect
            for path in open_calls
            for effect in stepping.effects(workflow, workflow.step(path), run, now)
        ]
    for path in _undoable(workflow, run):
        return tuple(stepping.effects(workflow, workflow.step(paths.undo(path)), run, now))
    return (Finish(_finished(workflow, run, now)),)


def is_wanted(run: Run, step: str) -> bool:
    """Return whether a call of a step that is under way may go on."""
    undoes = paths.undone(step) is not None
    if run.status is RunStatus.STOPPING:
        return undoes or run.state(step).is_call_open
    return not undoes


def _is_to_be_settled(workflow: Workflow, run: Run, path: str) -> bool:
    undoes = paths.undone(path) is not None
    return run.open[path].is_call_open and not undoes and _known(workflow, path) is not None


def _undoable(workflow: Workflow, run: Run) -> Iterator[str]:
    """Yield the steps that are still to be undone, the one that ended last first."""
    if not workflow.has_undo:
        return
    done = [(path, state) for path, state in run.steps.items() if _did(workflow, path, state)]
    done.sort(key=lambda one: one[1].ended_as, reverse=True)
    for path, _ in done:
        if run.status is not RunStatus.STOPPING or not run.state(paths.undo(path)).settled:
            yield path


def _did(workflow: Workflow, path: str, state: StepState) -> bool:
    if state.status is not StepStatus.SUCCEEDED and not state.perhaps_done:
        return False
    if paths.undone(path) is not None:
        return False
    step = _known(workflow, path)
    return step is not None and step.undo is not None


def _known(workflow: Workflow, path: str) -> Step | None:
    try:
        return workflow.step(path)
    except KeyError:  # of a version of the workflow that had other steps
        return None


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
