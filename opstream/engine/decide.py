"""decide(workflow, run, now) -> effects: the interpreter, pure and total.

It looks at every step that is not settled and says what follows. Nothing here waits: a run for which
there is nothing to do has no effects and rests until a new fact, or its `wake_at`, comes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.effects import Effect, Finish, Perform, Record
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import (
    AskPerson,
    Call,
    Notify,
    OnError,
    RequestApproval,
    Step,
    Wait,
    Workflow,
)
from opstream.engine import approvals, expressions, moments
from opstream.engine.context import context_of
from opstream.errors import BadInput, ExpressionError

_NEW = StepState()


def decide(workflow: Workflow, run: Run, now: datetime) -> Sequence[Effect]:
    """Return what is to be done now; empty means that the run rests."""
    if run.status is not RunStatus.ACTIVE:
        return ()
    stopped = _stopping_step(workflow, run)
    if stopped is not None:
        return (Finish(_stop(stopped, run, now)),)
    # A run may have thousands of steps, most of them over or not yet begun: those are passed quickly.
    begun, still_open = run.steps, run.open
    left = [step for step in workflow.steps if step.id in still_open or step.id not in begun]
    if not left:
        return (Finish(_end(workflow, run, now)),)
    steps = [step for step in left if step.id in still_open or _may_begin(step, run)]
    return [effect for step in steps for effect in _next(workflow, step, run, now)]


def _may_begin(step: Step, run: Run) -> bool:
    """Return whether every step that this one needs has ended."""
    return all(need in run.steps and need not in run.open for need in step.needs)


def _next(workflow: Workflow, step: Step, run: Run, now: datetime) -> Iterator[Effect]:
    state = run.steps.get(step.id, _NEW)
    match state.status:
        case StepStatus.PENDING | StepStatus.APPROVED:
            if _may_begin(step, run):
                yield from _begin(workflow, step, run, now)
        case StepStatus.RETRYING if _has_come(state, now) and not state.call:
            yield from _begin(workflow, step, run, now)
        case StepStatus.SCHEDULED:
            yield from _bound(step, state)
        case StepStatus.RETRYING if _has_come(state, now):
            yield from _bound(step, state)
        case _ if _has_come(state, now):
            yield from _woken(step, state, now)


def _woken(step: Step, state: StepState, now: datetime) -> Iterator[Record]:
    """Say what became of a step whose time has come."""
    match state.status:
        case StepStatus.WAITING:
            yield Record(_ended_wait(step, state, now))
        case StepStatus.ASKING_APPROVAL if state.approval:
            yield Record(h.ApprovalExpired(now, step.id, state.approval.revision))
        case StepStatus.ASKING_PERSON:
            yield Record(_failed(step, "Nobody answered the question in time.", "timeout", now))


def _has_come(state: StepState, now: datetime) -> bool:
    return state.wake_at is not None and state.wake_at <= now


def _begin(workflow: Workflow, step: Step, run: Run, now: datetime) -> Iterator[Effect]:
    """Begin a step whose needs are met; a fault in its templates is the step's failure."""
    try:
        context = context_of(workflow, run)
        if step.when is not None and not expressions.truthy(step.when, context):
            yield Record(h.StepSkipped(now, step.id, "Its condition does not hold."))
            return
        if _denied_before(workflow, step, run):
            yield Record(h.StepSkipped(now, step.id, "Its approval was denied."))
            return
        yield _start(workflow, step, run, context, now)
    except (ExpressionError, BadInput) as error:
        yield Record(_failed(step, str(error), "invalid", now))


def _denied_before(workflow: Workflow, step: Step, run: Run) -> bool:
    if not run.stuck:
        return False
    return any(
        isinstance(asking.work, RequestApproval)
        and asking.work.covers == step.id
        and run.state(asking.id).status is StepStatus.DENIED
        for asking in workflow.steps
    )


def _start(workflow: Workflow, step: Step, run: Run, context: JsonObject, now: datetime) -> Effect:
    match step.work:
        case Call() as call:
            return _call(step, call, run, context)
        case RequestApproval() as request:
            return Record(approvals.request(workflow, step, request, run, context, now))
        case Wait() as wait:
            return Record(h.WaitBegan(now, step.id, moments.until(wait, context, now)))
        case AskPerson() as ask:
            expires = now + ask.expires_after if ask.expires_after else None
            question = str(expressions.render(ask.question, context))
            return Record(h.QuestionAsked(now, step.id, question, ask.fields, expires))
        case Notify() as notify:
            said: Json = {
                "text": expressions.render(notify.text, context),
                "report": expressions.render(notify.report, context),
            }
            return Record(h.StepSucceeded(now, step.id, said, now))


def _call(step: Step, call: Call, run: Run, context: JsonObject) -> Perform:
    state = run.steps.get(step.id, _NEW)
    if state.call is not None:
        return _make(step, state, state.call, approved=True)
    wanted = state.proposal or approvals.proposed(step, call, context)
    return _make(step, state, wanted, approved=call.unattended)


def _bound(step: Step, state: StepState) -> Iterator[Perform]:
    """Make the call that began before, to the letter: its templates and condition had their say."""
    if state.call is not None:
        yield _make(step, state, state.call, approved=True)


def _make(step: Step, state: StepState, call: ProposedCall, *, approved: bool) -> Perform:
    return Perform(step.id, state.attempt, call, state.perhaps_done, approved, step.timeout)


def _ended_wait(step: Step, state: StepState, now: datetime) -> h.StepSucceeded:
    began = state.started_at or now
    waited = round((now - began) / timedelta(seconds=1), 3)
    return h.StepSucceeded(now, step.id, {"waited_seconds": waited}, began)


def _failed(step: Step, error: str, kind: str, now: datetime) -> h.StepFailed:
    return h.StepFailed(now, step.id, error, kind, now)


def _stopping_step(workflow: Workflow, run: Run) -> Step | None:
    """Return the step whose failure or denial ends the run, or None."""
    if not run.stuck:
        return None
    may_stop = {step.id: step for step in workflow.steps if step.on_error is OnError.STOP}
    return next((may_stop[step_id] for step_id in run.stuck if step_id in may_stop), None)


def _stop(step: Step, run: Run, now: datetime) -> h.RunFinished:
    state = run.steps[step.id]
    if state.status is StepStatus.DENIED:
        return h.RunFinished(now, h.Outcome.DENIED, reason=state.error, by=state.by)
    reason = f"The step “{step.title}” failed: {state.error}"
    return h.RunFinished(now, h.Outcome.FAILED, reason=reason)


def _end(workflow: Workflow, run: Run, now: datetime) -> h.RunFinished:
    if workflow.result is None:
        last = run.state(workflow.steps[-1].id).output if workflow.steps else None
        return h.RunFinished(now, h.Outcome.SUCCEEDED, result=last)
    try:
        result = expressions.render(workflow.result, context_of(workflow, run))
    except ExpressionError as error:
        return h.RunFinished(now, h.Outcome.FAILED, reason=f"The result: {error}")
    return h.RunFinished(now, h.Outcome.SUCCEEDED, result=result)
