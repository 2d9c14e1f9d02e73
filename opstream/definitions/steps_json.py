"""Format 2: a workflow of steps with `type`, `action` and `params`, mostly written in JSON.

    {"id": "email_to_notion", "steps": [
      {"id": "fetch", "type": "gmail", "action": "list_messages", "params": {"query": "is:unread"}},
      {"id": "save", "type": "notion", "action": "create_page", "params": {"content": "{{fetch_output}}"}}]}

A step calls the operation `<type>.<action>`. Steps follow each other in order or, as soon as one has a
`next_step`, along those. `{{<step id>_output}}` is the output of a step; any other bare name is a
variable, which becomes a required input of the workflow.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from opstream.definitions.document import Document
from opstream.definitions.draft import Draft, Placed
from opstream.definitions.fields import spoken
from opstream.definitions.section import Section, close_to
from opstream.domain.values import Json
from opstream.domain.workflow import Call, Input, Step, Workflow
from opstream.engine import expressions
from opstream.errors import Complaint, ExpressionError

FORMAT = "steps_json"
_WORDS = {"with": "params", "call": "action", "needs": "next_step"}
_EXAMPLE = 'Write `"steps": [{"id": "fetch", "type": "gmail", "action": "list_messages"}]`.'
_OURS = ("inputs", "steps", "run")


def fits(document: Document) -> bool:
    """Return whether a document is of this format."""
    steps = document.at(("steps",))
    listed = steps if isinstance(steps, list) else []
    return any(isinstance(step, dict) and ("type" in step or "action" in step) for step in listed)


def read(document: Document, complaints: list[Complaint]) -> Draft:
    """Return the workflow of a document; what is wrong with it goes to `complaints`."""
    section = Section(document, (), complaints, "the workflow")
    name = section.text("id", required=True)
    parts = [
        section.inner("steps", number, what=f"step {number + 1}")
        for number in range(section.items("steps", _EXAMPLE))
    ]
    written = [_step(part) for part in parts]
    renamed = _renamed(written)
    steps = _chained(parts, [_with_names(step, renamed) for step in written], renamed)
    variables = _variables(steps)
    workflow = Workflow(
        id=name,
        title=section.text("title") or section.text("name", default=spoken(name)),
        description=section.text("description").strip(),
        inputs=tuple(Input(one, title=spoken(one)) for one in variables),
        steps=tuple(_with_inputs(step, variables) for step in steps),
        source_format=FORMAT,
    )
    section.finish()
    paths = (part.path for part in parts)
    placed = tuple(Placed(*one) for one in zip(workflow.steps, paths, strict=True))
    return Draft(document, workflow, (), placed, _WORDS)


def _step(section: Section) -> Step:
    name = section.text("id", required=True)
    named = section.text("type", required=True), section.text("action", required=True)
    operation = ".".join(named) if all(named) else ""
    params = section.raw("params")
    if params is not None and not isinstance(params, Mapping):
        problem = "`params` is no mapping of names."
        section.complain("params", problem, 'Write `"params": {"query": "is:unread"}`.')
        params = None
    title = section.text("title") or section.text("name", default=spoken(name))
    section.raw("next_step")
    section.finish()
    return Step(name, title, Call(operation, params or {}))


def _renamed(steps: Sequence[Step]) -> dict[str, str]:
    """Return the ids that our expressions could not name, such as `fetch-mail`, with new ones."""
    return {
        step.id: re.sub(r"\W", "_", step.id, flags=re.ASCII)
        for step in steps
        if re.fullmatch(r"[A-Za-z_][\w\- ]*", step.id, re.ASCII)
    }


def _with_names(step: Step, renamed: Mapping[str, str]) -> Step:
    """Return a step whose id, and whose templates, use the new names."""
    changes = {f"{old}_output": f"{new}_output" for old, new in renamed.items() if old != new}
    return rewritten(replace(step, id=renamed.get(step.id, step.id)), changes)


def _with_inputs(step: Step, variables: Sequence[str]) -> Step:
    return rewritten(step, {name: f"inputs.{name}" for name in variables})


def rewritten(step: Step, changes: Mapping[str, str]) -> Step:
    """Return a call step whose templates use other names, such as `x` -> `inputs.x`."""
    if not changes or not isinstance(step.work, Call):
        return step
    longest_first = sorted(changes, key=len, reverse=True)
    names = re.compile(rf"(?<![\w.'\"])({'|'.join(map(re.escape, longest_first))})(?![\w'\"])")

    def inside(template: re.Match[str]) -> str:
        return names.sub(lambda found: changes[found[0]], template[0])

    def rewrite(value: Json) -> Json:
        if isinstance(value, str):
            return re.sub(r"\{\{.*?\}\}", inside, value, flags=re.DOTALL)
        if isinstance(value, Mapping):
            return {key: rewrite(item) for key, item in value.items()}
        return [rewrite(item) for item in value] if isinstance(value, Sequence) else value

    return replace(step, work=replace(step.work, arguments=rewrite(step.work.arguments)))


def _chained(
    parts: Sequence[Section], steps: Sequence[Step], renamed: Mapping[str, str]
) -> list[Step]:
    """Return the steps, each needing the one that leads to it."""
    if not any(part.has("next_step") for part in parts):
        befores = ["", *(step.id for step in steps)]
        pairs = zip(steps, befores, strict=False)
        return [replace(step, needs=(before,) if before else ()) for step, before in pairs]
    ids = [step.id for step in steps]
    leading: dict[str, list[str]] = {}
    for part, step in zip(parts, steps, strict=True):
        for wanted in part.texts("next_step"):
            after = renamed.get(wanted, wanted)
            if after not in ids:
                part.complain("next_step", f"There is no step `{wanted}`.", close_to(wanted, ids))
            leading.setdefault(after, []).append(step.id)
    for number, step in enumerate(steps):
        if number and step.id not in leading:
            problem = f"No step leads to `{step.id}`."
            parts[number].complain(
                "id", problem, f'Add `"next_step": "{step.id}"` to another step.'
            )
    return [replace(step, needs=tuple(leading.get(step.id, ()))) for step in steps]


def _variables(steps: Sequence[Step]) -> list[str]:
    """Return the bare names in templates that are no step's output, in order of appearance."""
    found: dict[str, None] = {}
    for step in steps:
        arguments = step.work.arguments if isinstance(step.work, Call) else None
        try:
            names = sorted(expressions.references(arguments))
        except ExpressionError:
            continue  # the check of all templates says so, with its line
        for name in (name.split(".")[0] for name in names):
            if not name.endswith("_output") and name not in _OURS:
                found.setdefault(name)
    return list(found)
