"""Steps that name a prompt template: found, checked, and filled with what the template says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from opstream.definitions import inputs, prompt_checks
from opstream.definitions.draft import Draft, Placed
from opstream.definitions.section import close_to
from opstream.domain.template import PromptTemplate
from opstream.domain.values import Json
from opstream.domain.workflow import ForEach, Input, Prompt, Step, Workflow
from opstream.errors import BadInput, Complaint, DefinitionErrors

Pins = Mapping[str, int]
"""Which version of which template a version of a workflow uses."""


class Templates(Protocol):
    """The prompt templates that a workflow may name."""

    def find(self, name: str, version: int | None = None) -> PromptTemplate | None:
        """Return a template in a version, None for its newest; None when it is not known."""

    def names(self) -> Sequence[str]:
        """Return the names of all."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """Templates as a version of a workflow uses them."""

    templates: Templates
    pins: Pins

    def find(self, name: str, version: int | None = None) -> PromptTemplate | None:
        """Return a template in a version, or in the one that is pinned."""
        return self.templates.find(name, version or self.pins.get(name))

    def names(self) -> Sequence[str]:
        """Return the names of all."""
        return self.templates.names()


@dataclass(frozen=True, slots=True)
class Changed:
    """Templates as they would be with another one in the place of one."""

    templates: Templates
    changed: PromptTemplate

    def find(self, name: str, version: int | None = None) -> PromptTemplate | None:
        """Return a template in a version, None for its newest."""
        if version is None and name == self.changed.id:
            return self.changed
        return self.templates.find(name, version)

    def names(self) -> Sequence[str]:
        """Return the names of all."""
        return [*self.templates.names(), self.changed.id]


def filled(draft: Draft, templates: Templates) -> tuple[Draft, list[Complaint]]:
    """Return a draft whose prompts have the texts of their templates, and what is wrong with them."""
    if not any(_named(one.step) for one in draft.every_step()):
        return draft, []
    complaints = [
        Complaint(draft.document.file, draft.step_line(placed, "prompt", *path), problem, remedy)
        for placed in draft.every_step()
        for path, problem, remedy in _faults(placed.step, templates)
    ]
    steps = tuple(_with_template(step, templates) for step in draft.workflow.steps)
    placed = tuple(_placed(one, templates) for one in draft.placed)
    workflow = replace(draft.workflow, steps=steps)
    return replace(draft, workflow=workflow, placed=placed), complaints


def restored(draft: Draft, templates: Templates) -> Draft:
    """Return a draft of a published version with the texts of its templates.

    Raises:
        DefinitionErrors: one of them is not there any more.
    """
    again, _ = filled(draft, templates)
    lost = [
        Complaint(
            draft.document.file,
            draft.step_line(one, "prompt", "template"),
            f"The version of the prompt template `{one.step.work.template}` that this version of the "
            "workflow uses is not there.",
            "Bring back the database that it was published in, or publish the workflow again.",
        )
        for one in again.every_step()
        if isinstance(one.step.work, Prompt)
        and one.step.work.template
        and not one.step.work.version
    ]
    if lost:
        raise DefinitionErrors(lost)
    return again


def pins_of(workflow: Workflow) -> Pins:
    """Return the versions of the templates that a workflow names without a version of its own."""
    return {
        prompt.template: prompt.version
        for prompt in _prompts(workflow.steps)
        if prompt.template and "@" not in prompt.template
    }


def named_by(workflow: Workflow) -> frozenset[str]:
    """Return the names of the templates that a workflow names, with a version or without."""
    named = (prompt.template.partition("@")[0] for prompt in _prompts(workflow.steps))
    return frozenset(name for name in named if name)


def _prompts(steps: Sequence[Step]) -> Iterator[Prompt]:
    for step in steps:
        match step.work:
            case Prompt() as prompt:
                yield prompt
            case ForEach(steps=inner):
                yield from _prompts(inner)


def _named(step: Step) -> Prompt | None:
    """Return the prompt of a step when it names a template."""
    return step.work if isinstance(step.work, Prompt) and step.work.template else None


def _found(prompt: Prompt, templates: Templates) -> PromptTemplate | None:
    name, marked, version = prompt.template.partition("@")
    if marked and not (version.isdecimal() and len(version) < 10):
        return None
    return templates.find(name, int(version) if marked else None)


def _placed(one: Placed, templates: Templates) -> Placed:
    inner = tuple(_placed(each, templates) for each in one.inner)
    return Placed(_with_template(one.step, templates), one.path, inner)


def _with_template(step: Step, templates: Templates) -> Step:
    if isinstance(step.work, ForEach):
        inner = tuple(_with_template(one, templates) for one in step.work.steps)
        return replace(step, work=replace(step.work, steps=inner))
    prompt = _named(step)
    template = _found(prompt, templates) if prompt else None
    if prompt is None or template is None:
        return step
    filled_in = replace(
        prompt,
        text=template.text,
        system=template.system,
        model=prompt.model or template.model,
        schema=template.schema,
        version=template.version,
        values={field.name: _given(prompt, field) for field in template.inputs},
    )
    return replace(step, work=filled_in)


def _values(prompt: Prompt) -> Mapping[str, Json]:
    return prompt.values if isinstance(prompt.values, Mapping) else {}


def _given(prompt: Prompt, field: Input) -> Json:
    """Return what a step gives to an input: checked already when it is no template, else as written."""
    value = _values(prompt).get(field.name)
    if _is_template(value):
        return value
    try:
        return inputs.convert(field, value)
    except BadInput:  # which is among the complaints
        return value


def _is_template(value: Json) -> bool:
    if isinstance(value, Mapping):
        return any(_is_template(one) for one in value.values())
    if isinstance(value, str):
        return "{{" in value
    return isinstance(value, Sequence) and any(_is_template(one) for one in value)


_Fault = tuple[tuple[str, ...], str, str]


def _faults(step: Step, templates: Templates) -> Iterator[_Fault]:
    prompt = _named(step)
    if prompt is None:
        return
    template = _found(prompt, templates)
    if template is None:
        yield ("template",), *_unknown(prompt.template, templates)
        return
    fields = {field.name: field for field in template.inputs}
    given = _values(prompt)
    for name, value in given.items():
        if name not in fields:
            problem = f"The template `{template.id}` has no input `{name}`."
            yield ("with", name), problem, close_to(name, list(fields))
        elif not _is_template(value):
            try:
                inputs.convert(fields[name], value)
            except BadInput as error:
                yield ("with", name), f"The template `{template.id}`: {error}", ""
    for name in prompt_checks.lacking(template, given):
        problem = f"The template `{template.id}` needs the input `{name}`."
        yield ("with",), problem, f"Add `{name}: …` below `with`."


def _unknown(written: str, templates: Templates) -> tuple[str, str]:
    name, marked, version = written.partition("@")
    newest = templates.find(name)
    if marked and newest is not None:
        problem = f"There is no version `{version}` of the prompt template `{name}`."
        return problem, f"Write `template: {name}`, or a version up to {newest.version}."
    return f"There is no prompt template `{name}`.", close_to(name, templates.names())
