"""Whether a workflow holds together: everything that is wrong with it, at once."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from opstream.definitions import cron, inputs, order, phrases, references
from opstream.definitions.draft import Draft
from opstream.definitions.section import close_to
from opstream.domain import durations
from opstream.domain.values import Json
from opstream.domain.workflow import (
    AskPerson,
    Call,
    Input,
    InputKind,
    RequestApproval,
    Step,
    Wait,
)
from opstream.errors import BadInput, Complaint

_WORKFLOW_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_OPERATION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,199}")
_MOST_STEPS = 1_000


def complaints(draft: Draft) -> list[Complaint]:
    """Return what is wrong with a workflow, in the order of its lines."""
    found = [
        *_workflow(draft),
        *_ids(draft),
        *_needs(draft),
        *_approvals(draft),
        *_steps(draft),
        *references.complaints(draft),
    ]
    return sorted(dict.fromkeys(found), key=lambda complaint: complaint.line)


def _workflow(draft: Draft) -> Iterator[Complaint]:
    workflow, file = draft.workflow, draft.document.file
    if workflow.id and not _WORKFLOW_ID.fullmatch(workflow.id):
        problem = f"The id `{workflow.id}` has characters that an id cannot have."
        yield Complaint(file, draft.line("id"), problem, f"Write `{_slug(workflow.id, '-_')}`.")
    if workflow.schedule and (fault := cron.fault(workflow.schedule)):
        problem = f"The schedule `{workflow.schedule}` cannot be read: {fault}."
        remedy = "Write five fields, such as `0 9 * * mon`."
        yield Complaint(file, draft.line("schedule"), problem, remedy)
    names = [field.name for field in workflow.inputs]
    for number, phrase in enumerate(workflow.phrases):
        if said := phrases.fault(phrase, names):
            yield Complaint(file, draft.line("phrases", number), *said)
    for field in workflow.inputs:
        yield from _field(file, draft.line("inputs", field.name), field)
    if len(workflow.steps) > _MOST_STEPS:
        problem = f"The workflow has {len(workflow.steps):,} steps; {_MOST_STEPS:,} are the most."
        yield Complaint(file, draft.line("steps"), problem, "Split it into several workflows.")


def _field(file: str, line: int, field: Input) -> Iterator[Complaint]:
    if not _NAME.fullmatch(field.name):
        problem = f"The input `{field.name}` has characters that a name cannot have."
        yield Complaint(file, line, problem, f"Write `{_slug(field.name, '_')}`.")
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
    first: dict[str, int] = {}
    for number, step in enumerate(draft.workflow.steps):
        line = draft.step_line(number, "id")
        if step.id in first:
            problem = f"There are two steps `{step.id}`, the first in line {first[step.id]}."
            yield Complaint(draft.document.file, line, problem, "Rename one of them.")
        elif step.id and not _NAME.fullmatch(step.id):
            problem = f"The id `{step.id}` has characters that the id of a step cannot have."
            yield Complaint(draft.document.file, line, problem, f"Write `{_slug(step.id, '_')}`.")
        first.setdefault(step.id, line)


def _needs(draft: Draft) -> Iterator[Complaint]:
    steps, file = draft.workflow.steps, draft.document.file
    ids = [step.id for step in steps]
    for number, step in enumerate(steps):
        for need in step.needs:
            if need not in ids:
                problem = f"The step `{step.id}` needs `{need}`, which does not exist."
                line = draft.step_line(number, "needs")
                yield Complaint(file, line, problem, close_to(need, ids))
    for circle in order.circles(steps):
        shown = " → ".join(f"`{one}`" for one in reversed(circle))
        line = draft.step_line(ids.index(circle[0]), "needs")
        problem = f"These steps wait for each other: {shown}."
        yield Complaint(file, line, problem, f"Take one of them out of `{draft.word('needs')}`.")


def _approvals(draft: Draft) -> Iterator[Complaint]:
    steps, file = draft.workflow.steps, draft.document.file
    ended, covered = order.before(steps), set[str]()
    for number, step in enumerate(steps):
        if not isinstance(step.work, RequestApproval) or step.work.covers is None:
            continue
        line = draft.step_line(number, "approval", "covers")
        fault = _cover_fault(
            steps, step.id, step.work.covers, ended.get(step.work.covers, frozenset())
        )
        if step.work.covers in covered:
            fault = f"`{step.work.covers}` is covered twice.", "Let one approval cover it."
        covered.add(step.work.covers)
        if fault:
            yield Complaint(file, line, *fault)


def _cover_fault(
    steps: Sequence[Step], asker: str, name: str, ended: frozenset[str]
) -> tuple[str, str] | None:
    target = next((step for step in steps if step.id == name), None)
    if target is None:
        known = [step.id for step in steps if isinstance(step.work, Call)]
        return f"`{asker}` covers `{name}`, which does not exist.", close_to(name, known)
    if not isinstance(target.work, Call):
        problem = f"`{asker}` covers `{name}`, which calls nothing."
        return problem, "Name the step whose `call` needs the yes."
    if asker not in ended:
        problem = f"`{name}` may begin before `{asker}` has its answer."
        return problem, f"Add `needs: [{asker}]` to `{name}`."
    return None


def _steps(draft: Draft) -> Iterator[Complaint]:
    file = draft.document.file
    for number, step in enumerate(draft.workflow.steps):
        match step.work:
            case Call(operation=name) if name and "{{" not in name and not _is_operation(name):
                problem = f"`{name}` is no name of an operation."
                line = draft.step_line(number, "call")
                yield Complaint(file, line, problem, "Write `server.tool`, such as `estate.logs`.")
            case Wait() as wait:
                if fault := _wait_fault(wait):
                    yield Complaint(file, draft.step_line(number, "wait"), *fault)
            case AskPerson() as ask:
                for field in ask.fields:
                    line = draft.step_line(number, "ask", "fields", field.name)
                    yield from _field(file, line, field)


def _is_operation(name: str) -> bool:
    return _OPERATION.fullmatch(name) is not None


def _wait_fault(wait: Wait) -> tuple[str, str] | None:
    if _is_fixed(wait.duration) and not durations.parse(str(wait.duration)):
        return f"`{wait.duration}` is no duration.", "Write for example `20s`, `5m` or `2h`."
    if _is_fixed(wait.until):
        try:
            datetime.fromisoformat(str(wait.until))
        except ValueError:
            problem = f"`{wait.until}` is no time."
            return problem, "Write for example `2026-12-24T09:00:00+01:00`."
    return None


def _is_fixed(value: Json) -> bool:
    return value is not None and not (isinstance(value, str) and (not value or "{{" in value))


def _slug(text: str, allowed: str) -> str:
    cleaned = re.sub(rf"[^A-Za-z0-9{re.escape(allowed)}]+", "_", text).strip("_-")[:64] or "name"
    return f"_{cleaned}" if cleaned[0].isdigit() and "-" not in allowed else cleaned
