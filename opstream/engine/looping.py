"""What follows in a step that does others for each item of a list: at most so many items at once. Pure."""

from collections.abc import Iterator
from datetime import datetime

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.effects import Effect, Record
from opstream.domain.run import STUCK, Run, StepState, StepStatus
from opstream.domain.workflow import Agent, Loop, OnError, Step, Workflow
from opstream.engine import agents, stepping


def effects(
    workflow: Workflow, step: Step, loop: Loop, run: Run, now: datetime
) -> Iterator[Effect | Step]:
    """Return what follows for the loop itself, and the steps inside that may have something to do."""
    state = run.state(step.id)
    failed = _failed(step.id, loop, state, run)
    if failed is not None:
        yield from _failing(workflow, step, state, failed, run, now)
        return
    if isinstance(loop, Agent) and (end := agents.answered(step.id, loop, run, now)):
        yield end
        return
    if not state.active:
        results = [state.results[index] for index in range(len(state.items))]
        yield Record(h.StepSucceeded(now, step.id, results, state.started_at or now))
        return
    for index in state.active:
        yield from _item(step.id, loop, index, run, now)


def _item(path: str, loop: Loop, index: int, run: Run, now: datetime) -> Iterator[Record | Step]:
    """Return what follows for one item: its end, or its steps that may have something to do."""
    scope, order = paths.inside(path, index, ""), loop.order
    left = [id for id in order.by_id if not run.state(scope + id).settled]
    if not left:
        yield Record(h.ItemEnded(now, path, index, run.state(scope + order.last).output))
    all_of_them = run.moved is None or path in run.moved
    for id in left:
        if _may_go_on(scope, id, loop, run, all_of_them):
            yield order.by_id[id].inside(scope, order)


def _may_go_on(scope: str, id: str, loop: Loop, run: Run, whatever_moved: bool) -> bool:
    """Return whether a step is open, or can begin now, as it or what it needs moved on."""
    here = scope + id
    if here in run.open:
        return True
    needs = [scope + need for need in loop.order.needs[id]]
    if not all(need in run.steps and need not in run.open for need in needs):
        return False
    moved = run.moved or frozenset()
    return whatever_moved or here in moved or any(need in moved for need in needs)


def _failed(path: str, loop: Loop, state: StepState, run: Run) -> tuple[int, Step] | None:
    """Return the step whose failure or denial ends the loop, and the index of its item; or None."""
    if not run.stuck:
        return None
    order = loop.order
    for index in state.active:
        scope = paths.inside(path, index, "")
        for id, step in order.by_id.items():
            stops = step.on_error is OnError.STOP and id not in order.rescued
            if stops and run.state(scope + id).status in STUCK:
                return index, step.inside(scope, order)
    return None


def _failing(
    workflow: Workflow,
    step: Step,
    state: StepState,
    failed: tuple[int, Step],
    run: Run,
    now: datetime,
) -> Iterator[Effect]:
    """Let what is under way in a loop come to its end, and then fail; nothing new begins."""
    under_way = [path for path in run.open if _must_end(path, step.id, run)]
    for path in under_way:
        yield from stepping.effects(workflow, workflow.step(path), run, now)
    if not under_way:
        index, inner = failed
        why = run.state(inner.id)
        said = why.error
        if not isinstance(step.work, Agent):
            word = "was denied" if why.status is StepStatus.DENIED else "failed"
            said = f"Item {index + 1} of {len(state.items)}: “{inner.title}” {word}: {said}"
        yield Record(h.StepFailed(now, step.id, said, "error", state.started_at or now))


def _must_end(path: str, loop: str, run: Run) -> bool:
    """Return whether a step inside a loop has begun what cannot simply be left."""
    state = run.open[path]
    begun = state.perhaps_done or state.status is StepStatus.RUNNING_CHILD
    return begun and path.startswith(f"{loop}[") and paths.undone(path) is None
