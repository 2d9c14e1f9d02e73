"""decide(workflow, run, now) -> effects: the interpreter, pure and total.

It looks at every step that is not settled and says what follows. Nothing here waits: a run for which
there is nothing to do has no effects and rests until a new fact, or its `wake_at`, comes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.effects import Effect, Finish, Record
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.workflow import ForEach, OnError, Step, Workflow, rescued
from opstream.engine import expressions, stepping, undoing
from opstream.engine.context import context_of
from opstream.errors import ExpressionError

_NEW = StepState()


def decide(workflow: Workflow, run: Run, now: datetime) -> Sequence[Effect]:
    """Return what is to be done now; empty means that the run rests."""
    if run.status is RunStatus.STOPPING:
        return undoing.effects(workflow, run, now)
    if run.status is not RunStatus.ACTIVE:
        return ()
    stopped = _stopping_step(workflow, run)
    if stopped is not None:
        return (undoing.end(workflow, run, _stop(stopped, run, now)),)
    # A run may have thousands of steps, most of them over or not yet begun: those are passed quickly.
    begun, still_open = run.steps, run.open
    left = [step for step in workflow.steps if step.id in still_open or step.id not in begun]
    if not left:
        return (_end(workflow, run, now),)
    steps = [step for step in left if step.id in still_open or _may_begin(step, run)]
    return [effect for step in steps for effect in _next(workflow, step, run, now)]


def _may_begin(step: Step, run: Run) -> bool:
    """Return whether every step that this one needs has ended."""
    return all(need in run.steps and need not in run.open for need in step.needs)


def _next(workflow: Workflow, step: Step, run: Run, now: datetime) -> Iterator[Effect]:
    if run.state(step.id).status is StepStatus.LOOPING and isinstance(step.work, ForEach):
        return _loop(workflow, step, step.work, run, now)
    return stepping.effects(workflow, step, run, now) if _ready(step, run) else iter(())


def _ready(step: Step, run: Run) -> bool:
    """Return whether a step may go on; one that was begun before may, whatever it needs."""
    began = run.state(step.id).status not in (StepStatus.PENDING, StepStatus.APPROVED)
    return began or _may_begin(step, run)


def _loop(
    workflow: Workflow, step: Step, loop: ForEach, run: Run, now: datetime
) -> Iterator[Effect]:
    """Say what follows in a step that does others for each item: at most so many items at once."""
    state = run.state(step.id)
    scopes = ((index, paths.inside(step.id, index, "")) for index in state.active)
    items = [(index, loop.inside(scope)) for index, scope in scopes]
    for index, steps in items:
        if (failed := _stopping_inside(loop, steps, run)) is not None:
            yield Record(_item_failed(step, state, index, failed, run, now))
            return
    if not items:
        results = [state.results[index] for index in range(len(state.items))]
        yield Record(h.StepSucceeded(now, step.id, results, state.started_at or now))
        return
    for index, steps in items:
        left = [one for one in steps if not run.state(one.id).settled]
        if not left:
            result = run.state(steps[-1].id).output if steps else None
            yield Record(h.ItemEnded(now, step.id, index, result))
        for one in left:
            yield from _next(workflow, one, run, now)


def _item_failed(
    step: Step, state: StepState, index: int, failed: Step, run: Run, now: datetime
) -> h.StepFailed:
    why = run.state(failed.id)
    word = "was denied" if why.status is StepStatus.DENIED else "failed"
    said = f"Item {index + 1} of {len(state.items)}: “{failed.title}” {word}: {why.error}"
    return h.StepFailed(now, step.id, said, "error", state.started_at or now)


def _stopping_step(workflow: Workflow, run: Run) -> Step | None:
    """Return the step whose failure or denial ends the run, or None."""
    if not run.stuck:
        return None
    may_stop = {step.id: step for step in workflow.steps if step.on_error is OnError.STOP}
    stopping = (one for one in run.stuck if one in may_stop and not workflow.is_rescued(one))
    return next((may_stop[one] for one in stopping), None)


def _stopping_inside(loop: ForEach, steps: Sequence[Step], run: Run) -> Step | None:
    """Return the step of an item whose failure or denial ends its loop, or None."""
    if not run.stuck:
        return None
    answered = rescued(steps)
    for step in steps:
        stops = step.on_error is OnError.STOP and step.id not in answered
        if stops and step.id in run.stuck:
            return step
    return None


def _stop(step: Step, run: Run, now: datetime) -> h.RunFinished:
    state = run.steps[step.id]
    if state.status is StepStatus.DENIED:
        return h.RunFinished(now, h.Outcome.DENIED, reason=state.error, by=state.by)
    reason = f"The step “{step.title}” failed: {state.error}"
    return h.RunFinished(now, h.Outcome.FAILED, reason=reason)


def _end(workflow: Workflow, run: Run, now: datetime) -> Finish:
    if workflow.result is None:
        last = run.state(workflow.steps[-1].id).output if workflow.steps else None
        return Finish(h.RunFinished(now, h.Outcome.SUCCEEDED, result=last))
    try:
        result = expressions.render(workflow.result, context_of(workflow, run))
    except ExpressionError as error:
        failed = h.RunFinished(now, h.Outcome.FAILED, reason=f"The result: {error}")
        return undoing.end(workflow, run, failed)
    return Finish(h.RunFinished(now, h.Outcome.SUCCEEDED, result=result))
