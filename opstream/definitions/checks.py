"""Whether a workflow holds together: everything that is wrong with it, at once."""

from collections.abc import Iterator
from itertools import islice

from opstream.definitions import (
    inputs,
    order,
    phrases,
    references,
    scopes,
    step_checks,
    trigger_checks,
)
from opstream.definitions.draft import Draft
from opstream.definitions.names import NAME, WORKFLOW_ID, alike
from opstream.definitions.scopes import Scope
from opstream.definitions.section import close_to
from opstream.domain.workflow import Call, Input, InputKind, RequestApproval
from opstream.errors import BadInput, Complaint

MOST_STEPS = 10_000
MOST_LOOPS = 3
_MOST_COMPLAINTS = 200


def complaints(draft: Draft) -> list[Complaint]:
    """Return what is wrong with a workflow, in the order of its lines; the first 200 faults."""
    too_many = list(_size(draft))
    found = [*_workflow(draft), *too_many]
    if not too_many:
        found += islice(_parts(draft), _MOST_COMPLAINTS)
    return sorted(dict.fromkeys(found), key=lambda complaint: complaint.line)


def _parts(draft: Draft) -> Iterator[Complaint]:
    yield from _ids(draft)
    for scope in scopes.of(draft):
        yield from _depth(draft, scope)
        yield from _needs(draft, scope)
        yield from _approvals(draft, scope)
    yield from step_checks.complaints(draft)
    for one in draft.every_step():
        for line, asked in step_checks.fields(draft, one):
            yield from of_field(draft.document.file, line, asked)
    yield from references.complaints(draft)
    yield from trigger_checks.complaints(draft)


def _size(draft: Draft) -> Iterator[Complaint]:
    steps = sum(1 for _ in draft.every_step())
    if steps > MOST_STEPS:
        problem = f"The workflow has {steps:,} steps; {MOST_STEPS:,} are the most."
        remedy = "Split it into several workflows."
        yield Complaint(draft.document.file, draft.line("steps"), problem, remedy)


def _workflow(draft: Draft) -> Iterator[Complaint]:
    workflow, file = draft.workflow, draft.document.file
    if workflow.id and not WORKFLOW_ID.fullmatch(workflow.id):
        problem = f"The id `{workflow.id}` has characters that an id cannot have."
        yield Complaint(file, draft.line("id"), problem, f"Write `{alike(workflow.id, '-_')}`.")
    names = [field.name for field in workflow.inputs]
    for number, phrase in enumerate(workflow.phrases):
        if said := phrases.fault(phrase, names):
            yield Complaint(file, draft.line("phrases", number), *said)
    for field in workflow.inputs:
        yield from of_field(file, draft.line("inputs", field.name), field)


def of_field(file: str, line: int, field: Input) -> Iterator[Complaint]:
    """Yield what is wrong with an input, or with a field of a question."""
    if not NAME.fullmatch(field.name):
        problem = f"The input `{field.name}` has characters that a name cannot have."
        yield Complaint(file, line, problem, f"Write `{alike(field.name, '_')}`.")
    if field.kind is InputKind.CHOICE and not field.choices:
        problem = f"The input `{field.name}` is a choice without `choices`."
        yield Complaint(file, line, problem, "Add `choices: [one, another]`.")
        return
    if field.choices and field.kind is not InputKind.CHOICE:
        problem = f"The input `{field.name}` has `choices`, but is of type `{field.kind}`."
        yield Complaint(file, line, problem, "Write `type: choice`.")
    if field.default is not None:
        try:
            inputs.convert(field, field.default)
        except BadInput as error:
            yield Complaint(file, line, f"The default does not fit: {error}", "")


def _ids(draft: Draft) -> Iterator[Complaint]:
    """Say which ids are bad or stand there twice; those inside loops count too."""
    first: dict[str, int] = {}
    for placed in draft.every_step():
        step, line = placed.step, draft.step_line(placed, "id")
        if step.id in first:
            problem = f"There are two steps `{step.id}`, the first in line {first[step.id]}."
            yield Complaint(draft.document.file, line, problem, "Rename one of them.")
        elif step.id and not NAME.fullmatch(step.id):
            problem = f"The id `{step.id}` has characters that the id of a step cannot have."
            yield Complaint(draft.document.file, line, problem, f"Write `{alike(step.id, '_')}`.")
        first.setdefault(step.id, line)


def _depth(draft: Draft, scope: Scope) -> Iterator[Complaint]:
    if scope.depth == MOST_LOOPS + 1:
        file, line = draft.document.file, draft.step_line(scope.placed[0])
        problem = f"The loop `{scope.loop}` is inside {MOST_LOOPS} others, which is one too many."
        yield Complaint(file, line, problem, "Let a workflow of its own do the inner part.")


def _needs(draft: Draft, scope: Scope) -> Iterator[Complaint]:
    file = draft.document.file
    for placed in scope.placed:
        for need in placed.step.needs:
            if need not in scope.order and (fault := _need_fault(draft, scope, need)):
                problem = f"The step `{placed.step.id}` needs `{need}`, {fault[0]}"
                line = draft.step_line(placed, "needs")
                yield Complaint(file, line, problem, fault[1])
    steps = {one.step.id: one for one in scope.placed}
    for circle in order.circles([one.step for one in scope.placed]):
        shown = " → ".join(f"`{one}`" for one in reversed(circle))
        line = draft.step_line(steps[circle[0]], "needs")
        problem = f"These steps wait for each other: {shown}."
        yield Complaint(file, line, problem, f"Take one of them out of `{draft.word('needs')}`.")


def _need_fault(draft: Draft, scope: Scope, need: str) -> tuple[str, str] | None:
    """Say why a step of a scope cannot need a step that is not of this scope, or None."""
    if need == scope.loop and need:
        return "which is the loop around it.", f"Take `{need}` out of `needs`."
    if scope.sees(need):
        if scope.outer and scope.outer.has_ended(need, scope.loop):
            return None
        return (
            f"which has not ended when the loop `{scope.loop}` begins.",
            f"Let `{scope.loop}` need `{need}`.",
        )
    loop = _loop_of(draft, need)
    if loop is not None:
        return f"which is inside the loop `{loop}`.", f"Write `needs: [{loop}]`."
    return "which does not exist.", close_to(need, list(scope.visible()))


def _loop_of(draft: Draft, step_id: str) -> str | None:
    for one in draft.every_step():
        if any(inner.step.id == step_id for inner in one.inner):
            return one.step.id
    return None


def _approvals(draft: Draft, scope: Scope) -> Iterator[Complaint]:
    covered = set[str]()
    for placed in scope.placed:
        work = placed.step.work
        if not isinstance(work, RequestApproval) or work.covers is None:
            continue
        fault = _cover_fault(draft, scope, placed.step.id, work.covers)
        if work.covers in covered:
            fault = f"`{work.covers}` is covered twice.", "Let one approval cover it."
        covered.add(work.covers)
        if fault:
            line = draft.step_line(placed, "approval", "covers")
            yield Complaint(draft.document.file, line, *fault)


def _cover_fault(draft: Draft, scope: Scope, asker: str, name: str) -> tuple[str, str] | None:
    target = next((one.step for one in scope.placed if one.step.id == name), None)
    if target is None:
        return _far_cover(draft, scope, asker, name)
    if not isinstance(target.work, Call):
        problem = f"`{asker}` covers `{name}`, which calls nothing."
        return problem, "Name the step whose `call` needs the yes."
    if not scope.order.has_ended(asker, name):
        problem = f"`{name}` may begin before `{asker}` has its answer."
        return problem, f"Add `needs: [{asker}]` to `{name}`."
    return None


def _far_cover(draft: Draft, scope: Scope, asker: str, name: str) -> tuple[str, str]:
    """Say that an approval covers a step that does not stand beside it."""
    loop = _loop_of(draft, name)
    if loop is not None and loop != scope.loop:
        problem = f"`{asker}` covers `{name}`, which is inside the loop `{loop}`."
        return problem, f"Put `{asker}` into that loop, before `{name}`."
    if scope.sees(name):
        problem = f"`{asker}` covers `{name}`, which is outside of the loop `{scope.loop}`."
        return problem, "Put both into one loop, or both outside."
    known = [one.step.id for one in scope.placed if isinstance(one.step.work, Call)]
    return f"`{asker}` covers `{name}`, which does not exist.", close_to(name, known)
