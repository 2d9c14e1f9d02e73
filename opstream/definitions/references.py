"""What the templates of a workflow refer to, checked: nothing unknown, nothing that comes later."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from opstream.definitions import scopes, templates
from opstream.definitions.draft import Draft, Placed
from opstream.definitions.scopes import Scope
from opstream.definitions.section import close_to
from opstream.domain.workflow import Call, RequestApproval
from opstream.engine import expressions
from opstream.errors import Complaint, ExpressionError

_RUN = ("id", "asker", "asker_id", "started_at")
_OF_STEP = ("output", "status", "error")
_OF_LOOP = ("item", "index")
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PART = re.compile(r"(?<![\w.'\"])steps\.(\w+)\.(\w+)")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a template may refer to.

    Args:
        loops: By step that is inside a loop, the loop.
        step: The step whose turn it is; None for what is worked out when all is over.
        names: Names besides inputs, steps and the run.
        itself: Whether the step has ended by then.
    """

    draft: Draft
    inputs: Sequence[str]
    scope: Scope
    loops: Mapping[str, str]
    step: str | None = None
    names: tuple[str, ...] = ()
    itself: bool = False

    @property
    def older_names(self) -> bool:
        return self.draft.workflow.source_format == "steps_json"


def complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield what is wrong with the templates of a workflow."""
    inputs = [field.name for field in draft.workflow.inputs]
    loops: dict[str, str] = {}
    found = list(scopes.of(draft))
    for scope in found:
        if scope.loop:
            loops |= dict.fromkeys(scope.order, scope.loop)
    for scope in found:
        askers = _askers(scope)
        for placed in scope.placed:
            step = placed.step
            seen = _Seen(draft, inputs, scope, loops, step.id)
            yield from _of_step(placed, seen)
            if isinstance(step.work, Call):
                where = draft.step_line(placed, "fail_if")
                yield from _fail_if(draft, where, step.work.fail_if)
                yield from _bound(placed, step.work, seen, askers.get(step.id))
        if not scope.loop:
            whole = _Seen(draft, inputs, scope, loops)
            for path, text in templates.leaves(("result",), draft.workflow.result):
                yield from _of_value(draft.line(*path), text, whole, "The result")


def _of_step(placed: Placed, seen: _Seen) -> Iterator[Complaint]:
    step, in_loop = placed.step, _OF_LOOP if seen.scope.loop else ()
    for written in templates.of_step(step):
        line = seen.draft.step_line(placed, *written.path)
        sees = replace(seen, names=(*in_loop, *written.sees), itself=written.itself)
        yield from _of_value(line, written.text, sees, f"The step `{step.id}`")
    if step.undo is not None:
        yield from _fail_if(
            seen.draft, seen.draft.step_line(placed, "undo", "fail_if"), step.undo.fail_if
        )


def _askers(scope: Scope) -> Mapping[str, str]:
    """Return the step that asks for a yes, by the step that it covers."""
    return {
        one.step.work.covers: one.step.id
        for one in scope.placed
        if isinstance(one.step.work, RequestApproval) and one.step.work.covers
    }


def _bound(placed: Placed, call: Call, seen: _Seen, asker: str | None) -> Iterator[Complaint]:
    """Say what a covered call needs that is not known yet when its approval is asked for."""
    if asker is None:
        return
    for path, template in templates.of_call(call):
        for name in sorted(_names(template)):
            used = _step_of(name, seen.older_names)
            if used is None or not seen.scope.has_ended(used, placed.step.id):
                continue
            if not seen.scope.has_ended(used, asker):
                yield Complaint(
                    seen.draft.document.file,
                    seen.draft.step_line(placed, *path),
                    f"This call is shown for a yes by `{asker}`, but `{used}`, which it uses, has "
                    "not ended by then.",
                    f"Move `{used}` before `{asker}`.",
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


def _of_value(line: int, template: str, seen: _Seen, owner: str) -> Iterator[Complaint]:
    file = seen.draft.document.file
    try:
        names = names_in(template)
    except ExpressionError as error:
        yield Complaint(file, line, str(error), "")
        return
    said = [_fault(name, seen) for name in sorted(names)]
    said += [_no_key(name, _OF_STEP) for name in _parts_of_steps(template, seen)]
    for problem, remedy in filter(None, said):
        yield Complaint(file, line, f"{owner} {problem}", remedy)


def names_in(template: str) -> frozenset[str]:
    """Return what a template refers to.

    Raises:
        ExpressionError: it is not of the language.
    """
    if "{%" in template:
        expressions.compile(template)  # says that there are no statements
    return expressions.references(template)


def _parts_of_steps(template: str, seen: _Seen) -> Iterator[str]:
    """Yield what a template reads of known steps although no step has it, such as `steps.a.result`."""
    for expression in _EXPRESSION.findall(template):
        for step_id, key in _PART.findall(expression):
            if seen.scope.sees(step_id) and key not in _OF_STEP:
                yield f"steps.{step_id}.{key}"


def _fault(name: str, seen: _Seen) -> tuple[str, str] | None:
    root, _, key = name.partition(".")
    step_id = _step_of(name, seen.older_names)
    if root in seen.names:
        return None
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
    return _name_fault(root, seen)


def _name_fault(root: str, seen: _Seen) -> tuple[str, str]:
    """Say what is meant by a name that is none."""
    if root in seen.inputs:
        return f"uses `{root}`, which is no name by itself.", f"Write `inputs.{root}`."
    step_id = root.removesuffix("_output")
    if seen.scope.sees(step_id):
        there = f"steps.{step_id}.output"
        return f"uses `{root}`, which is no name by itself.", f"Write `{there}`."
    if root == "secrets":
        return "uses `secrets`, which no template sees.", "Add an input of the type `secret`."
    if root in _OF_LOOP:
        return f"uses `{root}`, but stands in no loop.", "Put the step into a `for_each`."
    begins = [f"`{one}`" for one in seen.names] + ["`inputs.`", "`steps.`"]
    return f"uses `{root}`, which is not there.", f"Begin with {', '.join(begins)} or `run.`."


def _no_key(name: str, known: Sequence[str]) -> tuple[str, str]:
    return f"uses `{name}`, which is not there.", close_to(name.rpartition(".")[2], known)


def _step_fault(step_id: str, seen: _Seen) -> tuple[str, str] | None:
    if seen.scope.sees(step_id):
        if seen.step is None or (seen.itself and step_id == seen.step):
            return None
        if seen.scope.has_ended(step_id, seen.step):
            return None
        return (
            f"uses the step `{step_id}`, which has not ended by then.",
            f"Add `{step_id}` to what it needs, or move it after that step.",
        )
    if step_id in seen.loops:
        loop = seen.loops[step_id]
        return (
            f"uses the step `{step_id}`, which is inside the loop `{loop}`.",
            f"Write `steps.{loop}.output`, the list of its results.",
        )
    known = list(seen.scope.visible())
    return f"uses the step `{step_id}`, which does not exist.", close_to(step_id, known)


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
