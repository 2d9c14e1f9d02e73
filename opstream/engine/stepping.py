"""What follows for one step, by the kind of its work and by where it is. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.approval import ProposedCall
from opstream.domain.effects import AskModel, Effect, Perform, Record, StartRun
from opstream.domain.prompt import PromptRequest
from opstream.domain.run import STUCK, Run, StepState, StepStatus
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import (
    Agent,
    AskPerson,
    Call,
    ForEach,
    Notify,
    Prompt,
    RequestApproval,
    RunWorkflow,
    Step,
    Think,
    Wait,
    Workflow,
)
from opstream.engine import agents, approvals, expressions, letters, loops, moments
from opstream.engine.context import context_of
from opstream.errors import BadInput, ExpressionError

_NEW = StepState()


def is_ready(step: Step, run: Run) -> bool:
    """Return whether a step may go on; one that was begun before may, whatever it needs."""
    if run.state(step.id).status not in (StepStatus.PENDING, StepStatus.APPROVED):
        return True
    needs = step.needs if step.rescues is None else (*step.needs, step.rescues)
    return all(need in run.steps and need not in run.open for need in needs)


def effects(workflow: Workflow, step: Step, run: Run, now: datetime) -> Iterator[Effect]:
    """Return what follows for a step whose needs are met, or that has begun."""
    state = run.steps.get(step.id, _NEW)
    match state.status:
        case StepStatus.PENDING | StepStatus.APPROVED:
            yield from _begin(workflow, step, run, now)
        case StepStatus.RETRYING if _has_come(state, now) and not state.call:
            yield from _begin(workflow, step, run, now)
        case StepStatus.SCHEDULED:
            yield from _bound(step, state)
        case StepStatus.RETRYING if _has_come(state, now):
            yield from _bound(step, state)
        case StepStatus.WAITING if state.topic is not None and run.letters:
            yield from _taken(workflow, step, state, run, now)
        case _ if _has_come(state, now):
            yield from _woken(step, state, now)


def _taken(
    workflow: Workflow, step: Step, state: StepState, run: Run, now: datetime
) -> Iterator[Record]:
    """Take the first letter that a step waits for, or say that none came in time."""
    try:
        letter = letters.for_step(workflow, step, state, run)
    except (ExpressionError, BadInput) as error:
        yield Record(_failed(step, str(error), "invalid", now))
        return
    if letter is not None:
        began = state.started_at or now
        output = letters.output(letter)
        yield Record(h.StepSucceeded(now, step.id, output, began, letter.key))
    elif _has_come(state, now):
        yield from _woken(step, state, now)


def _woken(step: Step, state: StepState, now: datetime) -> Iterator[Record]:
    """Say what became of a step whose time has come."""
    match state.status:
        case StepStatus.WAITING if state.topic == h.REPLY:
            yield Record(_failed(step, "Nobody replied in time.", "timeout", now))
        case StepStatus.WAITING if state.topic is not None:
            said = f"“{state.topic}” did not come in time."
            yield Record(_failed(step, said, "timeout", now))
        case StepStatus.WAITING:
            yield Record(_ended_wait(step, state, now))
        case StepStatus.ASKING_APPROVAL if state.approval:
            yield Record(approvals.unanswered(state.approval, now))
        case StepStatus.ASKING_PERSON:
            yield Record(_failed(step, "Nobody answered the question in time.", "timeout", now))


def _has_come(state: StepState, now: datetime) -> bool:
    return state.wake_at is not None and state.wake_at <= now


def _begin(workflow: Workflow, step: Step, run: Run, now: datetime) -> Iterator[Effect]:
    """Begin a step whose needs are met; a fault in its templates is the step's failure."""
    try:
        left_out = _left_out(workflow, step, run)
        if left_out:
            yield Record(h.StepSkipped(now, step.id, left_out))
            return
        context = context_of(workflow, run, step.id)
        if step.when is not None and not expressions.truthy(step.when, context):
            yield Record(h.StepSkipped(now, step.id, "Its condition does not hold."))
            return
        yield _start(workflow, step, run, context, now)
    except (ExpressionError, BadInput) as error:
        yield Record(_failed(step, str(error), "invalid", now))


def _left_out(workflow: Workflow, step: Step, run: Run) -> str:
    """Return why a step is not wanted, '' when it is."""
    if step.rescues is not None and run.state(step.rescues).status not in STUCK:
        return f"Not needed: “{workflow.step(step.rescues).title}” did not fail."
    if run.stuck:
        scope = paths.scope(step.id)
        asking = workflow.order_of(scope).asked_by.get(step.id.removeprefix(scope))
        if asking is not None and run.state(scope + asking).status is StepStatus.DENIED:
            return "Its approval was denied."
    return ""


def _start(workflow: Workflow, step: Step, run: Run, context: JsonObject, now: datetime) -> Effect:
    match step.work:
        case Call() as call:
            return _call(step, call, run, context)
        case Prompt() as prompt:
            return _prompt(step, prompt, run, context)
        case Think():
            return agents.turn(workflow, step, run)
        case RunWorkflow() as child:
            return _child(step, child, run, context)
        case RequestApproval() as request:
            return Record(approvals.request(workflow, step, request, run, context, now))
        case work:
            return Record(_begun(step, work, context, now))


def _begun(
    step: Step,
    work: Wait | ForEach | Agent | AskPerson | Notify,
    context: JsonObject,
    now: datetime,
) -> h.Fact:
    """Return the fact with which a step begins that calls nothing and nobody has to allow."""
    match work:
        case Wait():
            return _wait(step, work, context, now)
        case ForEach():
            return h.LoopBegan(now, step.id, _items(step, work, context), work.at_once)
        case Agent():
            return agents.begun(step, work, now)
        case AskPerson():
            expires = now + work.expires_after if work.expires_after else None
            question = str(expressions.render(work.question, context))
            return h.QuestionAsked(now, step.id, question, work.fields, expires)
        case Notify():
            said: Json = {
                "text": expressions.render(work.text, context),
                "report": expressions.render(work.report, context),
            }
            return h.StepSucceeded(now, step.id, said, now)


def _wait(step: Step, wait: Wait, context: JsonObject, now: datetime) -> h.WaitBegan:
    if wait.topic is None and not wait.reply:
        return h.WaitBegan(now, step.id, moments.until(wait, context, now))
    topic = h.REPLY if wait.reply else str(expressions.render(wait.topic, context))
    return h.WaitBegan(now, step.id, now + step.timeout if step.timeout else None, topic)


def _items(step: Step, loop: ForEach, context: JsonObject) -> tuple[Json, ...]:
    items = expressions.render(loop.items, context)
    if isinstance(items, str) or not isinstance(items, Sequence):
        kind = "nothing" if items is None else f"`{str(items)[:80]}`"
        raise BadInput(f"`items` of the step {step.id!r} must give a list, not {kind}.")
    if len(items) > loops.MOST_ITEMS:
        raise BadInput(
            f"`items` of the step {step.id!r} gave {len(items):,} items; a step takes at most "
            f"{loops.MOST_ITEMS:,}. Filter the list first."
        )
    return tuple(items)


def _prompt(step: Step, prompt: Prompt, run: Run, context: JsonObject) -> AskModel:
    if prompt.template:  # what it sees is data by now, and nothing in it becomes a template
        context = {"inputs": expressions.render(prompt.values, context)}
    request = PromptRequest(
        str(expressions.render(prompt.text, context)),
        str(expressions.render(prompt.system, context)),
        prompt.model,
        prompt.schema,
    )
    return AskModel(step.id, run.state(step.id).attempt, request, step.timeout)


def _child(step: Step, child: RunWorkflow, run: Run, context: JsonObject) -> StartRun:
    inputs = expressions.render(child.inputs, context)
    if not isinstance(inputs, Mapping):
        raise BadInput(f"The `inputs` of step {step.id!r} must be names with values.")
    return StartRun(step.id, run.state(step.id).attempt, child.workflow, inputs)


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
