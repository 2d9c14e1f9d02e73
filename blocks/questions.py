"""Questions of a run to people: input that a step needs, and writes whose outcome nobody knows."""

from collections.abc import Mapping

from blocks import ids, kit
from blocks.kit import Element, Message
from blocks.proposals import arguments
from blocks.wording import as_text, code, line, person, safe, when
from opstream.domain.run import Run, StepState, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Step


def ask(run: Run, step: Step) -> Message:
    """Return a question for input; answered, it shows who said what."""
    state = run.state(step.id)
    if state.status is StepStatus.ASKING_PERSON and not run.status.ended:
        return _open(run.id, step, state)
    blocks = [
        kit.header(f"💬 {step.title}"),
        kit.section(safe(state.question, 2_000)),
        kit.section(_answered(state)),
    ]
    return kit.message(f"Answered: {state.question}", blocks)


def _open(run_id: str, step: Step, state: StepState) -> Message:
    names = [f"• {line(one.title or one.name, 120)}" for one in state.fields[:20]]
    until = f" · open until {when(state.wake_at)}" if state.wake_at else ""
    value = ids.carried(run=run_id, step=step.id)
    blocks = [
        kit.header(f"🙋 {step.title}"),
        kit.section("\n".join([safe(state.question, 2_000), *names])),
        kit.context(f"Run {code(run_id, 80)}{until}"),
        kit.actions(kit.button("Answer", ids.QUESTION_ANSWER, value, style="primary")),
    ]
    return kit.message(f"A question: {state.question}", blocks)


def _answered(state: StepState) -> str:
    if state.status is not StepStatus.SUCCEEDED:
        return f"⌛ *Not answered.* {line(state.error, 300)}".strip()
    by = f" by {person(state.by)}" if state.by else ""
    at = f" · {when(state.ended_at)}" if state.ended_at else ""
    return "\n".join([f"✅ *Answered*{by}{at}", *_answers(state.output)])


def _answers(output: Json) -> list[str]:
    if not isinstance(output, Mapping):
        return []
    return [f"• {line(name, 80)} = {line(as_text(value), 200)}" for name, value in output.items()]


def doubt(run_id: str, step: Step, state: StepState) -> Message:
    """Return the question what happened to a write that was under way when the process died."""
    call = state.call
    done = [f"*The call:* {code(call.operation, 200)}", *arguments(call.arguments)] if call else []
    blocks = [
        kit.header(f"🙋 {step.title}: what happened?"),
        kit.section(safe(state.question, 1_500)),
        *kit.paragraphs(done),
        kit.context(f"Run {code(run_id, 80)} · I do not repeat it unasked."),
        kit.actions(*_ways_out(run_id, step)),
    ]
    return kit.message(f"I need a word on what happened: {step.title}", blocks)


def _ways_out(run_id: str, step: Step) -> tuple[Element, ...]:
    value = ids.carried(run=run_id, step=step.id)
    again = kit.confirm(
        "Do it again?",
        "If it did take effect before, it will then have happened twice.",
        "Do it again",
        danger=True,
    )
    return (
        kit.button("It is done", ids.DOUBT_DONE, value, style="primary"),
        kit.button("Do it again", ids.DOUBT_REPEAT, value, confirm=again),
        kit.button("Leave it out", ids.DOUBT_SKIP, value),
    )
