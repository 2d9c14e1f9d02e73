"""decide(workflow, run, now) -> effects: the interpreter, pure and total.

It looks at every step that may have something to do and says what follows. Nothing here waits: a run for
which there is nothing to do has no effects and rests until a new fact, or its `wake_at`, comes. A run may
have thousands of steps, so only those are looked at that are open, that moved on (`Run.moved`), or that
follow one that did.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from opstream.domain import history as h
from opstream.domain.effects import Effect, Finish
from opstream.domain.order import Order
from opstream.domain.run import Run, RunStatus, StepStatus
from opstream.domain.workflow import Loop, OnError, Step, Workflow
from opstream.engine import expressions, looping, stepping, undoing
from opstream.engine.context import context_of
from opstream.errors import ExpressionError


def decide(workflow: Workflow, run: Run, now: datetime) -> Sequence[Effect]:
    """Return what is to be done now; empty means that the run rests."""
    if run.status is RunStatus.STOPPING:
        return undoing.effects(workflow, run, now)
    if run.status is not RunStatus.ACTIVE:
        return ()
    stopped = _stopping_step(workflow, run)
    if stopped is not None:
        return (undoing.end(workflow, run, _stop(stopped, run, now)),)
    effects = [
        effect
        for step in _to_look_at(workflow.order, run)
        for effect in _next(workflow, step, run, now)
    ]
    if not effects and _is_through(workflow.order, run):
        return (_end(workflow, run, now),)
    return effects


def _to_look_at(order: Order[Step], run: Run) -> Iterable[Step]:
    """Return the steps of the workflow that may have something to do, in its order."""
    if run.moved is None:
        begun, still_open = run.steps, run.open
        return [one for id, one in order.by_id.items() if id in still_open or id not in begun]
    near = {*run.open, *run.moved}
    for step in run.moved:
        near.update(order.followers.get(step, ()))
    known = sorted(near & order.position.keys(), key=order.position.__getitem__)
    return [order.by_id[id] for id in known]


def _is_through(order: Order[Step], run: Run) -> bool:
    """Return whether all steps of the workflow are settled."""
    if len(run.steps) < len(order.position) or not run.open.keys().isdisjoint(order.position):
        return False
    return all(step in run.steps for step in order.position)


def _next(workflow: Workflow, step: Step, run: Run, now: datetime) -> Iterator[Effect]:
    """Say what follows for a step, or for those inside it."""
    state = run.state(step.id)
    if state.status is StepStatus.LOOPING and isinstance(step.work, Loop):
        for found in looping.effects(workflow, step, step.work, run, now):
            if isinstance(found, Step):
                yield from _next(workflow, found, run, now)
            else:
                yield found
    elif stepping.is_ready(step, run):
        yield from stepping.effects(workflow, step, run, now)


def _stopping_step(workflow: Workflow, run: Run) -> Step | None:
    """Return the step whose failure or denial ends the run, or None."""
    order = workflow.order
    for one in run.stuck:
        step = order.by_id.get(one)
        if step is not None and step.on_error is OnError.STOP and one not in order.rescued:
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
