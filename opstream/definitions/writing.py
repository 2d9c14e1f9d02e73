"""Workflow -> the text of our own format; reading it again gives the same workflow."""

from dataclasses import replace

import yaml

from opstream.definitions import native, steps_json, writing_steps, writing_triggers
from opstream.definitions.writing_fields import filled, written_fields
from opstream.definitions.yaml_events import plain
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow


def write(workflow: Workflow) -> str:
    """Return a workflow of any format as a text of our own format."""
    ours = in_our_names(workflow)
    data = {
        "id": ours.id,
        "title": ours.title,
        "description": ours.description,
        "conversation": ours.conversation or None,
        "phrases": list(ours.phrases),
        "inputs": written_fields(ours.inputs),
        "triggers": [writing_triggers.write(trigger) for trigger in ours.triggers],
        "limits": writing_triggers.limits(ours.limits),
        "notices": [notice.value for notice in native.Notice if notice in ours.notices],
        "steps": writing_steps.write(ours.steps),
    }
    result = {} if ours.result is None else {"result": ours.result}
    return as_yaml(filled(data) | result)


def as_yaml(data: Json) -> str:
    """Return data as a YAML text that our reader understands as it was meant."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=4096)


def in_our_names(workflow: Workflow) -> Workflow:
    """Return a workflow with the names of our own format in its templates."""
    if workflow.source_format == steps_json.FORMAT:
        changes = {f"{step.id}_output": f"steps.{step.id}.output" for step in workflow.steps}
        steps = tuple(steps_json.rewritten(step, changes) for step in workflow.steps)
        workflow = replace(workflow, steps=steps)
    return replace(workflow, source_format=native.FORMAT)


class _Dumper(yaml.SafeDumper):
    """Writes each value out, lists indented, and in quotes what would be read as another kind."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text and not text[0].isspace():
        style = "|"
    elif plain(text) != text:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
