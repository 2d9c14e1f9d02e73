"""Workflow -> a text of one of the two older formats, as far as these can say the same."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from opstream.definitions import loader, tools_yaml
from opstream.definitions.fields import spoken
from opstream.definitions.steps_json import rewritten
from opstream.definitions.writing import as_yaml, in_our_names
from opstream.definitions.writing_fields import filled
from opstream.domain.trigger import Schedule
from opstream.domain.values import Json
from opstream.domain.workflow import Call, Input, RetryPolicy, Step, Workflow
from opstream.errors import BadInput, DefinitionErrors


def as_steps_json(workflow: Workflow) -> str:
    """Return a workflow as a list of steps with `type`, `action` and `params`.

    Raises:
        BadInput: the format cannot say what the workflow does; the sentence names the reason.
    """
    ours = in_our_names(workflow)
    reason = next(_beyond_steps(ours), None)
    if reason is None:
        changes = {f"steps.{step.id}.output": f"{step.id}_output" for step in ours.steps}
        changes |= {f"inputs.{field.name}": field.name for field in ours.inputs}
        steps = [rewritten(step, changes) for step in ours.steps]
        head = {
            "id": ours.id,
            "title": "" if ours.title == spoken(ours.id) else ours.title,
            "description": ours.description,
        }
        data: Json = {**filled(head), "steps": _steps(steps)}
        text = json.dumps(data, ensure_ascii=False, indent=2)
        if _reads_as(text, f"{ours.id}.json", ours):
            return text
        reason = "such a file would not mean the same; its steps or templates are too free"
    raise BadInput(f"`{workflow.id}` cannot be written as a list of types and actions: {reason}.")


def as_tools_yaml(workflow: Workflow) -> str:
    """Return a workflow as a file of named workflows with tools.

    Raises:
        BadInput: the format cannot say what the workflow does.
    """
    text = as_yaml({"workflows": {workflow.id: _tools(workflow)}})
    if _reads_as(text, "tools.yaml", in_our_names(workflow)):
        return text
    raise BadInput(
        f"`{workflow.id}` cannot be written as a list of tools: such a file only holds tools that are "
        "called side by side, a summary and a report of what they return, and `auto_resolve`."
    )


def _reads_as(text: str, file: str, wanted: Workflow) -> bool:
    try:
        [loaded] = loader.load(text, file)
    except DefinitionErrors:
        return False
    return in_our_names(loaded.workflow) == replace(wanted, version=0)


def _beyond_steps(workflow: Workflow) -> Iterator[str]:
    """Yield what a list of types and actions cannot say."""
    beside = {
        "phrases": workflow.phrases,
        "triggers": workflow.triggers,
        "limits": workflow.limits != Workflow("", "", ()).limits,
        "notices": workflow.notices,
        "result": workflow.result is not None,
    }
    for key, value in beside.items():
        if value:
            yield f"it has `{key}`"
    for field in workflow.inputs:
        if field != Input(field.name, title=spoken(field.name)):
            yield f"the input `{field.name}` is more than a required text"
    for step in workflow.steps:
        yield from (f"the step `{step.id}` {said}" for said in _beyond_calls(step))


def _beyond_calls(step: Step) -> Iterator[str]:
    if not isinstance(step.work, Call):
        yield "does not call a tool"
        return
    name, dot, last = step.work.operation.partition(".")
    if "{{" in step.work.operation or not (name and dot and last):
        yield f"calls `{step.work.operation}`, which is no type and action"
    if isinstance(step.work.arguments, str):
        yield "takes all its arguments from one template"
    extras = {
        "when": step.when,
        "fail_if": step.work.fail_if,
        "unattended": step.work.unattended,
        "undo": step.undo,
        "timeout": step.timeout,
        "retry": step.retry != RetryPolicy(),
        "on_error": step.on_error != Step("", "", step.work).on_error,
    }
    yield from (f"has `{key}`" for key, value in extras.items() if value)


def _steps(steps: Sequence[Step]) -> list[Json]:
    befores = [(), *((step.id,) for step in steps)]
    in_a_row = all(step.needs == before for step, before in zip(steps, befores, strict=False))
    return [_step(step, [] if in_a_row else _following(step, steps)) for step in steps]


def _following(step: Step, steps: Sequence[Step]) -> list[Json]:
    return [one.id for one in steps if step.id in one.needs]


def _step(step: Step, following: list[Json]) -> Json:
    assert isinstance(step.work, Call)
    kind, _, action = step.work.operation.partition(".")
    rest = {
        "title": "" if step.title == spoken(step.id) else step.title,
        "params": step.work.arguments,
        "next_step": following[0] if len(following) == 1 else following,
    }
    return {"id": step.id, "type": kind, "action": action, **filled(rest)}


def _tools(workflow: Workflow) -> Json:
    inputs = {field.name: field for field in workflow.inputs}
    crons = [one.cron for one in workflow.triggers if isinstance(one, Schedule)]
    data = {
        "name": "" if workflow.title == spoken(workflow.id) else workflow.title,
        "description": workflow.description,
        "tools": [_tool(step.work) for step in workflow.steps if _is_read(step)],
        "duration": inputs["duration"].default if "duration" in inputs else None,
        "notifications": sorted(workflow.notices),
        "schedule": crons[0] if crons else None,
        "auto_resolve": any(step.id == "now" for step in workflow.steps),
    }
    return filled(data)


def _is_read(step: Step) -> bool:
    return isinstance(step.work, Call) and not step.needs


def _tool(work: object) -> Json:
    assert isinstance(work, Call)
    takes = [one for one in ("service", "duration") if f"inputs.{one}" in str(work.arguments)]
    usual = list(tools_yaml.taken(work.operation)) == takes
    return work.operation if usual else {"tool": work.operation, "takes": takes}
