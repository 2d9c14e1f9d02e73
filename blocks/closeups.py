"""One run seen closely: where it is, what its steps found, what happened in it."""

from collections.abc import Mapping, Sequence

from blocks import agents, explaining, kit, models, runs, states, turns
from blocks.answers import blocks_of, packed, pages_of
from blocks.kit import Block, Message
from blocks.lists import pager
from blocks.markdown import markdown
from blocks.wording import clock, code, count, line, remark
from opstream.domain.history import Fact
from opstream.domain.run import RunStatus, RunView, StepState, StepStatus
from opstream.domain.spending import Spent
from opstream.domain.values import Json
from opstream.domain.workflow import Notify, Prompt, RequestApproval, Step

FACTS_A_PAGE = 25


def status(view: RunView) -> Message:
    """Return where a run is, what is done, how long is left and how sure that is."""
    steps = kit.section("\n".join(_step_lines(view)))
    return _status(view, steps, kit.actions(*runs.steering(view.run)))


def brief_status(view: RunView) -> Message:
    """Return where a run is, in short, for its own thread: the plan and the buttons are there."""
    open_steps = [
        step
        for step in view.workflow.steps
        if states.stage(view, step) in (states.Stage.IN_PROGRESS, states.Stage.ERROR)
    ]
    lines = [_step_line(view, step) for step in open_steps[:8]]
    return _status(view, *([kit.section("\n".join(lines))] if lines else []))


def _status(view: RunView, *more: Block) -> Message:
    run = view.run
    why = states.reason(run, 600)
    blocks = [kit.section(_head(view)), *([kit.section(why)] if why else []), *more]
    return kit.message(
        f"{states.run_sign(run)}: {view.workflow.title}, {states.settled_steps(view)}", blocks
    )


def _head(view: RunView) -> str:
    run, sign = view.run, states.run_sign(view.run)
    head = f"{sign.emoji} *{sign.word}*{states.ended_by(run)} · *{line(view.workflow.title, 150)}* · {code(run.id, 80)}"
    facts = [states.settled_steps(view), _time(view), models.took(view.spent or Spent())]
    return f"{head}\n{' · '.join(one for one in facts if one)}"


def _time(view: RunView) -> str:
    run = view.run
    if run.status.ended:
        return f"took {states.took(run)}"
    words = states.left(view) or "nobody can say yet how long it takes"
    return f"{words}{_sureness(view)}"


def _sureness(view: RunView) -> str:
    if view.left is None or states.waiting_for(view) or view.run.status is RunStatus.PAUSED:
        return ""
    if not view.samples:
        return " (planned waits only; it has not run before)"
    return f"{states.spread(view)} (from {count(view.samples, 'earlier run')})"


_MARKS = {
    states.Stage.PENDING: "⚪ To do",
    states.Stage.IN_PROGRESS: "🔄 Under way",
    states.Stage.COMPLETE: "✅ Done",
    states.Stage.ERROR: "❌ Not done",
}
_SAYING_WHY = frozenset({StepStatus.FAILED, StepStatus.DENIED})
_OUTCOMES = {
    StepStatus.SKIPPED: "⏭️ Left out",
    StepStatus.FAILED: "❌ Failed",
    StepStatus.DENIED: "✋ Denied",
}


def _step_lines(view: RunView) -> list[str]:
    lines = [_step_line(view, step) for step in view.workflow.steps[:40]]
    more = len(view.workflow.steps) - 40
    return [*lines, f"and {count(more, 'more step')}"] if more > 0 else lines or ["No steps."]


def _step_line(view: RunView, step: Step) -> str:
    state, stage = view.run.state(step.id), states.stage(view, step)
    asking = states.asking_sign(state)
    mark = str(asking) if asking else _OUTCOMES.get(state.status, _MARKS[stage])
    if view.run.status.ended and stage is states.Stage.PENDING:
        mark = "⚪ Not begun"
    head = f"{mark} · {line(step.title or step.id, 100)}"
    if not state.settled and not (asking and not view.run.status.ended):
        words = remark(explaining.explain(view, step))
    else:
        words = line(state.error, 160) if state.status in _SAYING_WHY else ""
    took = explaining.step_took(state)
    return f"{head}{f' · {took}' if took else ''}{f': {words}' if words else ''}"


def details(view: RunView, offset: int = 0) -> Message:
    """Return one page of all that a run's steps found; while that is nothing, where the run is."""
    if view.workflow.conversation:
        return _talk(view, offset)
    pages = _findings(view)
    if not pages:
        return _status(view, kit.section("\n".join(_step_lines(view))))
    at = min(offset, len(pages) - 1)
    page, turn = pages[at], pager("details", at, 1, len(pages), run=view.run.id)
    return Message(page.text, kit.fit([kit.section(_head(view)), *page.blocks, *turn]))


def _talk(view: RunView, offset: int) -> Message:
    """Return one page of what was done for an answer."""
    pages = turns.story(view)
    at = min(offset, max(0, len(pages) - 1))
    question = line(str(view.run.inputs.get("question") or view.workflow.title), 300)
    head = [kit.section(f"*{question}*"), kit.context(_spent(view))]
    turn = pager("details", at, 1, len(pages), run=view.run.id)
    return kit.message(
        f"What I did for “{question}”", [*head, *(pages[at] if pages else ()), *turn]
    )


def _spent(view: RunView) -> str:
    sign = states.run_sign(view.run)
    asked = f"{sign} · asked by {view.run.by.name}"
    return (
        f"{asked} · {agents.spent(view.run.result)}" if agents.is_answer(view.run.result) else asked
    )


def _findings(view: RunView) -> list[Message]:
    """Return what steps found, each report once: what the run told people comes first."""
    pages: list[Message] = []
    told: list[Json] = []
    for step in sorted(view.workflow.steps, key=lambda one: not isinstance(one.work, Notify)):
        state = view.run.state(step.id)
        asked = isinstance(step.work, RequestApproval)  # the thread shows the answer
        found = state.status is StepStatus.SUCCEEDED and not asked
        if found and agents.is_answer(state.output):
            whys = [kit.context(line(why, 300)) for why in agents.whys(view.run, step.id)[:3]]
            blocks = [*turns.finding(step.title or step.id, state.output), *whys]
            pages.append(kit.message(step.title or step.id, blocks))
            continue
        if found and isinstance(step.work, Prompt):
            pages.append(_answer(step, state))
            continue
        report = report_in(state.output) if found else None
        if report is not None and report not in told:
            told.append(report)
            pages.extend(pages_of(step.title or step.id, report))
    return packed(pages)


def _answer(step: Step, state: StepState) -> Message:
    """Return what a model answered, and which one."""
    title, output = step.title or step.id, state.output
    said = markdown(output) if isinstance(output, str) else blocks_of(output)
    who = [kit.context(models.answered(state.answered))] if state.answered else []
    return kit.message(title, [kit.section(f"*{line(title, 150)}*"), *said, *who])


def report_in(output: Json) -> Json:
    """Return the report of a step's output: a notice carries its own inside."""
    if isinstance(output, Mapping) and isinstance(output.get("report"), Mapping):
        return output["report"]
    return output if isinstance(output, Mapping | list | tuple) else None


def logs(
    run_id: str, facts: Sequence[Fact], lines: Sequence[str], offset: int, told: str = ""
) -> Message:
    """Return a page of what happened in a run, oldest first.

    Args:
        told: Who was told of it, in words, or ''.
    """
    shown = lines[offset : offset + FACTS_A_PAGE]
    stamps = [clock(fact.at) for fact in facts[offset : offset + FACTS_A_PAGE]]
    said = [f"{at} {words}" for at, words in zip(stamps, shown, strict=True)]
    head = kit.section(f"*Log of {code(run_id, 80)}* · {count(len(lines), 'entry', 'entries')}")
    turn = pager("logs", offset, len(shown), len(lines), run=run_id, size=FACTS_A_PAGE)
    heard = [kit.context(told)] if told else []
    return kit.message(f"Log of {run_id}", [head, *kit.paragraphs(said), *heard, *turn])
