"""A run as a model is told of it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic_core import to_json

from opstream.domain import durations, paths
from opstream.domain.run import Run, RunView, StepState, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Step

STEPS_SHOWN: Final = 40
_OUTPUT_SHOWN = 400
_ERROR_SHOWN = 600
_ASKING = {
    StepStatus.ASKING_APPROVAL: "waits for a decision",
    StepStatus.ASKING_PERSON: "waits for an answer",
    StepStatus.DOUBTED: "waits for a word on what happened",
    StepStatus.WAITING: "waits",
}


def told(view: RunView) -> dict[str, Json]:
    """Return a run with its steps, errors and results; what is long is cut."""
    run, workflow = view.run, view.workflow
    steps = [_step(view, step) for step in workflow.steps[:STEPS_SHOWN]]
    inner = list(_failed_inside(view))
    shown: dict[str, Json] = {
        "run": run.id,
        "workflow": workflow.id,
        "title": workflow.title,
        "status": run.status.value,
        "asked_by": run.by.name,
        "answers_for_it": run.responsible.name,
        "started_at": f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC",
        "ended_at": f"{run.ended_at:%Y-%m-%d %H:%M:%S} UTC" if run.ended_at else None,
        "reason": run.reason[:_ERROR_SHOWN],
        "inputs": {name: short(value, 200) for name, value in run.inputs.items()},
        "time_left": durations.show(view.left) if view.left is not None else None,
        "steps": steps,
        "more_steps": max(0, len(workflow.steps) - STEPS_SHOWN) or None,
        "failed_inside": inner or None,
        "result": short(run.result, 1_500) if run.status.ended else None,
    }
    return {name: value for name, value in shown.items() if value not in (None, "", {})}


def _step(view: RunView, step: Step) -> dict[str, Json]:
    return {"step": step.id, "title": step.title, **_state(view.run, step.id, view)}


def _state(run: Run, path: str, view: RunView) -> dict[str, Json]:
    state = run.state(path)
    status = _ASKING.get(state.status, state.status.value)
    if path in view.under_way:
        status = "under way"
    shown: dict[str, Json] = {"status": status, "error": state.error[:_ERROR_SHOWN]}
    shown["took"] = _took(state)
    if state.status is StepStatus.SUCCEEDED:
        shown["output"] = short(state.output, _OUTPUT_SHOWN)
    if state.approval is not None:
        shown["asks"] = state.approval.title[:200]
    return {name: value for name, value in shown.items() if value not in (None, "", {}, [])}


def _failed_inside(view: RunView) -> Iterator[Mapping[str, Json]]:
    """Yield the last failures of steps inside loops, which the list of steps does not have."""
    failed = [path for path in view.run.stuck if paths.scope(path) and view.run.state(path).error]
    for path in failed[-5:]:
        yield {"step": path, "error": view.run.state(path).error[:_ERROR_SHOWN]}


def _took(state: StepState) -> str:
    if state.started_at is None or state.ended_at is None:
        return ""
    return durations.show(state.ended_at - state.started_at)


def short(value: Json, limit: int) -> Json:
    """Return a value as it is where it is small, else how it begins, as text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else to_json(value, fallback=str).decode()
    if len(text) <= limit:
        return value
    return f"{text[:limit]}… [{len(text) - limit:,} more characters]"
