"""What the templates of a workflow refer to, checked: nothing unknown, nothing that comes later."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opstream.definitions import order
from opstream.definitions.draft import Draft
from opstream.definitions.section import close_to
from opstream.definitions.yaml_events import Path
from opstream.domain.values import Json
from opstream.domain.workflow import AskPerson, Call, Notify, RequestApproval, Step, Wait
from opstream.engine import expressions
from opstream.errors import Complaint, ExpressionError

_RUN = ("id", "asker", "asker_id", "started_at")
_OF_STEP = ("output", "status", "error")
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PART = re.compile(r"(?<![\w.'\"])steps\.(\w+)\.(\w+)")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a template may refer to.

    Args:
        steps: Steps that have ended by then; None means any.
        asker: The approval step for which a call is bound before its own turn, or None.
    """

    inputs: Sequence[str]
    all_steps: Sequence[str]
    steps: frozenset[str] | None
    older_names: bool
    asker: str | None = None


def complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield what is wrong with the templates of a workflow."""
    workflow, ended = draft.workflow, order.before(draft.workflow.steps)
    inputs = [field.name for field in workflow.inputs]
    ids = [step.id for step in workflow.steps]
    older = workflow.source_format == "steps_json"
    for number, step in enumerate(workflow.steps):
        seen = _Seen(inputs, ids, ended[step.id], older)
        for path, template in _templates(step):
            line = draft.step_line(number, *path)
            yield from _of_value(draft, line, template, seen, f"The step `{step.id}`")
        if isinstance(step.work, Call):
            yield from _fail_if(draft, draft.step_line(number, "fail_if"), step.work.fail_if)
            asker = _asker(workflow.steps, step)
            if asker is not None:
                bound = _Seen(inputs, ids, ended[asker], older, asker)
                yield from _bound(draft, number, step.work, bound, ended[step.id])
    whole = _Seen(inputs, ids, None, older)
    for path, template in _leaves(("result",), workflow.result):
        yield from _of_value(draft, draft.line(*path), template, whole, "The result")


def _asker(steps: Sequence[Step], step: Step) -> str | None:
    for one in steps:
        if isinstance(one.work, RequestApproval) and one.work.covers == step.id:
            return one.id
    return None


def _bound(
    draft: Draft, number: int, call: Call, seen: _Seen, ended: frozenset[str]
) -> Iterator[Complaint]:
    """Say what a covered call needs that is not known yet when its approval is asked for."""
    for path, template in _call_templates(call):
        for name in sorted(_names(template)):
            step_id = _step_of(name, seen.older_names)
            if step_id in ended and step_id not in (seen.steps or ()):
                yield Complaint(
                    draft.document.file,
                    draft.step_line(number, *path),
                    f"This call is shown for a yes by `{seen.asker}`, but `{step_id}`, which it "
                    "uses, has not ended by then.",
                    f"Move `{step_id}` before `{seen.asker}`.",
                )


def _fail_if(draft: Draft, line: int, expression: str | None) -> Iterator[Complaint]:
    if expression is None:
        return
    try:
        names = expressions.references(expressions.bare(expression))
    except ExpressionError as error:
        yield Complaint(draft.document.file, line, "`fail_if`:", str(error))
        return
    for name in sorted(names):
        if name.split(".")[0] != "output":
            problem = f"`fail_if` uses `{name}`, but it sees only `output`."
            yield Complaint(
                draft.document.file, line, problem, "Write `output.status == 'failed'`."
            )


def _of_value(
    draft: Draft, line: int, template: str, seen: _Seen, owner: str
) -> Iterator[Complaint]:
    try:
        if "{%" in template:
            expressions.compile(template)  # says that there are no statements
        names = expressions.references(template)
    except ExpressionError as error:
        yield Complaint(draft.document.file, line, str(error), "")
        return
    said = [_fault(name, seen) for name in sorted(names)]
    said += [_no_key(name, _OF_STEP) for name in _parts_of_steps(template, seen)]
    for problem, remedy in filter(None, said):
        yield Complaint(draft.document.file, line, f"{owner} {problem}", remedy)


def _parts_of_steps(template: str, seen: _Seen) -> Iterator[str]:
    """Yield what a template reads of known steps although no step has it, such as `steps.a.result`."""
    for expression in _EXPRESSION.findall(template):
        for step_id, key in _PART.findall(expression):
            if step_id in seen.all_steps and key not in _OF_STEP:
                yield f"steps.{step_id}.{key}"


def _fault(name: str, seen: _Seen) -> tuple[str, str] | None:
    root, _, key = name.partition(".")
    step_id = _step_of(name, seen.older_names)
    if step_id is not None:
        return _step_fault(step_id, seen)
    if root == "inputs":
        if not key or key in seen.inputs:
            return None
        remedy = close_to(key, seen.inputs) if seen.inputs else f"Add `inputs: {{{key}: text}}`."
        return f"uses the input `{key}`, which is not declared.", remedy
    if root == "run":
        return None if not key or key in _RUN else _no_key(name, _RUN)
    if root == "steps":
        return "uses `steps` without naming one.", "Write `steps.<id>.output`."
    if root in seen.inputs:
        return f"uses `{root}`, which is no name by itself.", f"Write `inputs.{root}`."
    if root.removesuffix("_output") in seen.all_steps:
        there = f"steps.{root.removesuffix('_output')}.output"
        return f"uses `{root}`, which is no name by itself.", f"Write `{there}`."
    return f"uses `{root}`, which is not there.", "Begin with `inputs.`, `steps.` or `run.`."


def _no_key(name: str, known: Sequence[str]) -> tuple[str, str]:
    return f"uses `{name}`, which is not there.", close_to(name.rpartition(".")[2], known)


def _step_fault(step_id: str, seen: _Seen) -> tuple[str, str] | None:
    if step_id not in seen.all_steps:
        return f"uses the step `{step_id}`, which does not exist.", close_to(
            step_id, seen.all_steps
        )
    if seen.steps is not None and step_id not in seen.steps:
        return (
            f"uses the step `{step_id}`, which has not ended by then.",
            f"Add `{step_id}` to what it needs, or move it after that step.",
        )
    return None


def _step_of(name: str, older_names: bool) -> str | None:
    """Return the step that a reference reads, or None."""
    root, _, key = name.partition(".")
    if root == "steps" and key:
        return key
    if older_names and root.endswith("_output"):
        return root.removesuffix("_output")
    return None


def _names(template: str) -> frozenset[str]:
    try:
        return expressions.references(template)
    except ExpressionError:
        return frozenset()


def _templates(step: Step) -> Iterator[tuple[Path, str]]:
    if step.when is not None:
        yield ("when",), expressions.bare(step.when)
    match step.work:
        case Call() as call:
            yield from _call_templates(call)
        case RequestApproval() as request:
            yield ("approval", "title"), request.title
            yield ("approval", "details"), request.details
            yield ("approval", "risk"), request.rule.risk
        case Wait() as wait:
            yield from _leaves(("wait", "for"), wait.duration)
            yield from _leaves(("wait", "until"), wait.until)
        case AskPerson() as ask:
            yield ("ask", "question"), ask.question
        case Notify() as notify:
            yield ("notify", "text"), notify.text
            yield from _leaves(("notify", "report"), notify.report)


def _call_templates(call: Call) -> Iterator[tuple[Path, str]]:
    yield ("call",), call.operation
    yield from _leaves(("with",), call.arguments)


def _leaves(path: Path, value: Json) -> Iterator[tuple[Path, str]]:
    """Yield the texts in a value, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves((*path, key), item)
    elif isinstance(value, Sequence):
        for number, item in enumerate(value):
            yield from _leaves((*path, number), item)
