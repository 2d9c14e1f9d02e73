"""How a run ended, what it says, and what makes sense next."""

from collections.abc import Mapping

from blocks import agents, ids, kit, memory, models, runs, states, turns
from blocks.answers import SIMULATED, blocks_of, is_simulation
from blocks.kit import Block, Element, Message
from blocks.proposals import arguments
from blocks.wording import code, line, safe
from opstream.domain.history import Outcome
from opstream.domain.run import Run, RunStatus, RunView, StepState, StepStatus
from opstream.domain.workflow import Step

_TOPICS = {Outcome.SUCCEEDED: "completion", Outcome.FAILED: "errors"}


def wanted(view: RunView) -> bool:
    """Return whether a run's thread hears of its end; the card shows it in any case."""
    run = view.run
    if not run.status.ended or run.outcome is None:
        return False
    topic = _TOPICS.get(run.outcome)
    return not view.workflow.notices or topic is None or topic in view.workflow.notices


def result(view: RunView) -> Message:
    """Return the last message of a run's thread."""
    run = view.run
    said = _said(view)
    blocks = [kit.section(_head(view)), *said, *_doubts(view), *_failures(view)]
    blocks += memory.seen_before(view.cases)
    if said and simulated(view) and not is_simulation(run.result):  # else its blocks say so
        blocks.append(kit.context(SIMULATED))
    if view.spent and (cost := models.took(view.spent)):
        blocks.append(kit.context(cost))
    blocks.append(kit.actions(*next_steps(run)))
    text = f"{states.run_sign(run)}: {view.workflow.title}. {run.reason}".strip()
    return kit.message(text, blocks)


def _head(view: RunView) -> str:
    run, sign = view.run, states.run_sign(view.run)
    denied = run.status is RunStatus.DENIED and run.ended_by  # why stands in the message above
    reason = "" if denied else states.reason(run)
    took = f"\n_{line(view.workflow.title, 150)} took {states.took(run)}._"
    if by := states.ended_by(run):
        return f"{sign.emoji} *{sign.word}*{by}{f': {reason}' if reason else '.'}{took}"
    return f"{sign.emoji} *{sign.word}.*{f' {reason}' if reason else ''}{took}"


def _said(view: RunView) -> list[Block]:
    value = view.run.result
    if view.run.status is not RunStatus.SUCCEEDED or _already_said(view):
        return []
    if agents.is_answer(value):
        return turns.finding(view.workflow.title, value)
    if isinstance(value, str):
        return [kit.section(safe(value))] if value.strip() else []
    return blocks_of(value)


def _already_said(view: RunView) -> bool:
    """Whether the result is what a notice in the thread has shown already."""
    outputs = [state.output for state in view.run.steps.values() if _is_notice(state)]
    return any(
        view.run.result in (output, output.get("report"), output.get("text"))
        for output in outputs
        if isinstance(output, Mapping)
    )


def _is_notice(state: StepState) -> bool:
    return (
        state.status is StepStatus.SUCCEEDED
        and isinstance(state.output, Mapping)
        and "text" in state.output
        and "report" in state.output
    )


def simulated(view: RunView) -> bool:
    """Return whether a step of the run says that its figures come from a simulation."""
    return any(is_simulation(state.output) for state in view.run.steps.values())


def _failures(view: RunView) -> list[Block]:
    failed = [
        (step, state)
        for step in view.workflow.steps
        if (state := view.run.state(step.id)).status is StepStatus.FAILED
    ]
    return [kit.section(_failure(step, state)) for step, state in failed[:10]]


def _failure(step: Step, state: StepState) -> str:
    return f"• *{line(step.title, 150)}*: {safe(state.error, 600)}"


def _doubts(view: RunView) -> list[Block]:
    blocks: list[Block] = [kit.section(one) for one in states.doubts(view)[:10]]
    calls = [
        state.call
        for step in view.workflow.steps
        if states.perhaps_done(view.run, step.id) and (state := view.run.state(step.id)).call
    ]
    for call in calls[:5]:
        blocks.extend(
            kit.paragraphs([f"*The call:* {code(call.operation, 200)}", *arguments(call.arguments)])
        )
    return blocks


def next_steps(run: Run) -> tuple[Element, ...]:
    """Return the buttons that make sense at the end of a run."""
    details = runs.button(run, "Details", ids.RUN_DETAILS)
    again = runs.button(run, "Start again", ids.RUN_AGAIN)
    if run.status is RunStatus.SUCCEEDED:
        return (details, again)
    retry = runs.button(run, "Retry", ids.RUN_RETRY, style="primary")
    return (retry, details, runs.button(run, "Logs", ids.RUN_LOGS), again)
