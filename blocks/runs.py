"""A run as people see it: its card in the channel, and the progress in its thread."""

from collections.abc import Mapping, Sequence

from blocks import explaining, ids, kit, states
from blocks.kit import Block, Element, Message
from blocks.wording import ELLIPSIS, as_text, bar, code, count, flat, line, person, when
from opstream.domain.operation import Progress
from opstream.domain.run import Run, RunStatus, RunView, StepStatus
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Step

TASKS_LIMIT = 50
_TASKS_CHARACTERS = 9_000
_CANCELLING = (
    "Steps that are done stay done, unless they say how to undo them. Nothing new begins, and what is "
    "under way is stopped; a change that is being made right now may still take effect."
)
_LEAVING = "What is not undone yet then stays as it is, and the run ends at once."
_RETRYABLE = frozenset({RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.DENIED})


def card(view: RunView, moved_from: str = "") -> Message:
    """Return the root message of a run.

    Args:
        view: The run.
        moved_from: The channel in which it should stand, when that one could not be written to.
    """
    run, sign = view.run, states.run_sign(view.run)
    head = f"{sign.emoji} *{sign.word}*{states.ended_by(run)}"
    facts = [head, states.settled_steps(view), _time_words(view)]
    blocks = [
        kit.section(
            f"*{line(view.workflow.title, 200)}*\n{' · '.join(one for one in facts if one)}"
        ),
        kit.context(_asked(run), *_inputs(run.inputs)),
    ]
    if run.status.ended and (why := states.reason(run, 600)):
        blocks.append(kit.section(why))
    if run.status is RunStatus.STOPPING and run.stopping:
        why = line(run.stopping.reason, 600)
        blocks.append(kit.section(f"{why} What was done is being undone.".strip()))
    blocks.extend(kit.section(one) for one in states.doubts(view)[:5])
    if moved_from:
        blocks.append(kit.context(_moved(moved_from)))
    watch = () if run.status.ended else (button(run, "Watch", ids.RUN_WATCH),)
    blocks.append(kit.actions(*steering(run), *watch))
    return kit.message(f"{sign} · {view.workflow.title}", blocks)


def _time_words(view: RunView) -> str:
    return f"took {states.took(view.run)}" if view.run.status.ended else states.left(view)


def _asked(run: Run) -> str:
    again = f" · set going again {count(run.retries, 'time')}" if run.retries else ""
    why = f" · {line(run.trigger, 120)}" if run.trigger else ""
    asked = f"Asked by {person(run.by)}{why} · {when(run.started_at)}"
    now = f" · 🤝 {person(run.responsible)} answers for it now" if run.handed_over else ""
    return f"{asked} · {code(run.id, 80)}{again}{now}"


def _inputs(inputs: Mapping[str, Json]) -> list[str]:
    given = {name: value for name, value in inputs.items() if value is not None}
    if not given:
        return []
    shown = [f"{line(name, 60)} = {line(as_text(value), 120)}" for name, value in given.items()]
    return [" · ".join(shown[:12]) + (f" · and {len(shown) - 12} more" if len(shown) > 12 else "")]


def _moved(channel: str) -> str:
    where = f"<#{channel}>" if channel.isalnum() else line(channel, 80)
    return (
        f"I could not write in {where}, so this run is shown here. "
        "Invite me there with `/invite @OpStream` to see the next ones in the channel."
    )


def steering(run: Run) -> tuple[Element, ...]:
    """Return the buttons that make sense for a run now."""
    details = button(run, "Details", ids.RUN_DETAILS)
    if run.status in _RETRYABLE:
        again = button(run, "Retry", ids.RUN_RETRY, style="primary")
        return (again, button(run, "Retry from …", ids.RETRY_OPEN), details)
    if run.status.ended:
        return (details,)
    take = button(run, "Take over", ids.RUN_TAKE)
    if run.status in (RunStatus.QUEUED, RunStatus.STOPPING):
        return (_cancel(run), details, take)
    paused = run.status is RunStatus.PAUSED
    first = ("Resume", ids.RUN_RESUME) if paused else ("Pause", ids.RUN_PAUSE)
    return (button(run, *first), _cancel(run), details, take)


def button(run: Run, text: str, action_id: str, style: str = "") -> Element:
    """Return a button about a run."""
    return kit.button(text, action_id, ids.carried(run=run.id), style=style)


def _cancel(run: Run) -> Element:
    stopping = run.status is RunStatus.STOPPING
    ask = kit.confirm(
        "Stop undoing?" if stopping else "Cancel this run?",
        _LEAVING if stopping else _CANCELLING,
        "Leave it as it is" if stopping else "Cancel the run",
        "Keep it going",
        danger=True,
    )
    value = ids.carried(run=run.id)
    return kit.button("Cancel", ids.RUN_CANCEL, value, style="danger", confirm=ask)


def progress(view: RunView, under_way: Mapping[str, Progress]) -> Message:
    """Return the message that is edited while a run goes on: its plan, a bar, the time left.

    Args:
        view: The run.
        under_way: How far each call is that says so, by step.
    """
    share = bar(states.percent(view, under_way))
    left = states.left(view) or _end_words(view.run)
    facts = (share, states.settled_steps(view), left)
    blocks = [plan(view, under_way), kit.context(" · ".join(one for one in facts if one))]
    text = " · ".join(one for one in (share, states.run_sign(view.run).word, view.workflow.title))
    return kit.message(text, blocks)


def _end_words(run: Run) -> str:
    if not run.status.ended:
        return ""
    return f"{states.run_sign(run).word} after {states.took(run)}"


def plan(view: RunView, under_way: Mapping[str, Progress]) -> Block:
    """Return the plan block of a run; a long run shows what is near, and counts the rest."""
    tasks: list[Json] = []
    room = _TASKS_CHARACTERS
    before, near, after = _window(view)
    if before:
        tasks.append(_fold("before", f"{count(len(before), 'step')} before these", view, before))
    for step in near:
        task = _task(view, step, under_way.get(step.id))
        room -= kit.weight(task)
        if room < 0:
            after = [*near[near.index(step) :], *after]
            break
        tasks.append(task)
    if after:
        tasks.append(_fold("after", f"{count(len(after), 'more step')}", view, after))
    return {"type": "plan", "title": str(states.run_sign(view.run)), "tasks": tasks}


def _window(view: RunView) -> tuple[list[Step], list[Step], list[Step]]:
    """Return the steps before those shown, those shown, and those after, around what is under way."""
    steps = list(view.workflow.steps)
    if len(steps) <= TASKS_LIMIT:
        return [], steps, []
    size = TASKS_LIMIT - 2
    stages = [states.stage(view, step) for step in steps]
    shown = (
        i for i, one in enumerate(stages) if one in (states.Stage.IN_PROGRESS, states.Stage.ERROR)
    )
    focus = next(shown, None)
    if focus is None:
        focus = sum(one is states.Stage.COMPLETE for one in stages)
    start = min(max(0, focus - 5), len(steps) - size)
    return steps[:start], steps[start : start + size], steps[start + size :]


def _task(view: RunView, step: Step, under_way: Progress | None) -> JsonObject:
    stage = states.stage(view, step)
    left_out = view.run.state(step.id).status is StepStatus.SKIPPED
    title = flat(step.title or step.id, 120) or ELLIPSIS
    task: dict[str, Json] = {
        "type": "task_card",
        "task_id": f"step-{view.workflow.steps.index(step)}",
        "title": f"{title} (left out)" if left_out else title,
        "status": stage.value,
    }
    words = explaining.explain(view, step, under_way)
    if words and not (stage is states.Stage.PENDING and not view.run.status.ended):
        task["output" if stage is states.Stage.COMPLETE else "details"] = kit.rich(words)
    return task


def _fold(name: str, title: str, view: RunView, steps: Sequence[Step]) -> JsonObject:
    stages = {states.stage(view, step) for step in steps}
    order = (states.Stage.ERROR, states.Stage.IN_PROGRESS, states.Stage.PENDING)
    stage = next((one for one in order if one in stages), states.Stage.COMPLETE)
    return {"type": "task_card", "task_id": f"fold-{name}", "title": title, "status": stage.value}
