"""The steps of our own format: what every step has, and the five kinds of work."""

import re
from collections.abc import Callable, Mapping, Sequence

from opstream.definitions import fields
from opstream.definitions.section import Section, kind_of
from opstream.definitions.yaml_events import Path
from opstream.domain.person import Role
from opstream.domain.values import Json
from opstream.domain.workflow import (
    ApprovalRule,
    AskPerson,
    Call,
    Notify,
    OnError,
    RequestApproval,
    RetryPolicy,
    Step,
    Wait,
    Work,
)

ERROR_KINDS = ("timeout", "unavailable", "refused", "invalid", "error")
RISKS = ("low", "medium", "high", "critical")
_ONLY_CALLS = ("with", "fail_if", "unattended", "retry", "timeout")
_SHORT = {
    "call": "call: estate_status",
    "approval": "approval: {title: Shall I go on?}",
    "wait": "wait: 20s",
    "ask": "ask: {question: Why?, fields: {reason: text}}",
    "notify": "notify: All is well.",
}
_EXAMPLE = "Begin each step with `- id: …` and say what it does, such as `call: estate_status`."


def read(workflow: Section) -> list[tuple[Step, Path]]:
    """Return the steps of a workflow, each with the place where it stands."""
    placed: list[tuple[Step, Path]] = []
    taken = _written_ids(workflow.raw("steps"))
    before: str | None = None
    for number in range(workflow.items("steps", _EXAMPLE)):
        section = workflow.inner("steps", number, what=f"step {number + 1}", hint=_EXAMPLE)
        step = _step(section, before, taken)
        placed.append((step, section.path))
        before = step.id
    if workflow.is_mapping and workflow.raw("steps") in (None, []):
        workflow.complain(
            "steps" if "steps" in workflow.data else None, "The workflow has no steps.", _EXAMPLE
        )
    return placed


def _written_ids(steps: Json) -> set[str]:
    listed = steps if isinstance(steps, Sequence) and not isinstance(steps, str) else ()
    return {str(step["id"]) for step in listed if isinstance(step, Mapping) and step.get("id")}


def _step(section: Section, before: str | None, taken: set[str]) -> Step:
    kind = _kind(section)
    step_id = section.text("id") or _free_id(section, kind, taken)
    section.what = f"the step `{step_id}`"
    if kind != "call":
        _refuse_call_keys(section, kind)
    step = Step(
        id=step_id,
        title=section.text("title", default=fields.spoken(step_id)),
        work=_WORK[kind](section),
        needs=_needs(section, before),
        when=_condition(section, "when"),
        retry=_retry(section) if kind == "call" else RetryPolicy(),
        timeout=section.duration("timeout", None) if kind == "call" else None,
        on_error=section.choice("on_error", OnError, OnError.STOP),
    )
    section.finish()
    return step


def _kind(section: Section) -> str:
    found = [kind for kind in _WORK if section.raw(kind) is not None]
    listed = ", ".join(f"`{kind}`" for kind in _WORK)
    empty = next((kind for kind in _WORK if kind in section.data), None)
    if not found and empty:
        section.complain(empty, f"`{empty}` is empty.", f"Write for example `{_SHORT[empty]}`.")
    elif not found and section.data:
        section.complain(None, "This step does nothing.", f"Give it one of {listed}.")
    if len(found) > 1:
        both = " and ".join(f"`{kind}`" for kind in found)
        problem = f"This step has {both}, but does one thing only."
        section.complain(found[1], problem, "Make a step of its own for each.")
    return found[0] if found else "call"


def _free_id(section: Section, kind: str, taken: set[str]) -> str:
    """Return an id for a step that was written without one."""
    operation = section.data.get("call")
    last = operation.rsplit(".", 1)[-1] if kind == "call" and isinstance(operation, str) else kind
    name = last if re.fullmatch(r"[A-Za-z_]\w*", last, re.ASCII) else kind
    numbered = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    free = next(one for one in (name, *numbered) if one not in taken)
    taken.add(free)
    return free


def _refuse_call_keys(section: Section, kind: str) -> None:
    for key in _ONLY_CALLS:
        if section.raw(key) is not None:
            problem = f"`{key}` belongs to a step that calls, not to `{kind}`."
            section.complain(key, problem, "Take it out.")


def _needs(section: Section, before: str | None) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(section.texts("needs")))
    if "needs" in section.data:
        return wanted
    return (before,) if before else ()


def _condition(section: Section, key: str) -> str | None:
    value = section.raw(key)
    if isinstance(value, bool):
        return "true" if value else "false"
    return section.text(key) or None


def _retry(section: Section) -> RetryPolicy:
    short = section.raw("retry")
    if short is None:
        return RetryPolicy()
    if isinstance(short, int) and not isinstance(short, bool):
        return RetryPolicy(attempts=section.whole("retry", 3, 1, 100))
    hint = "Write `retry: 3`, or `retry: {attempts: 3, wait: 2s}`."
    retry, usual = section.inner("retry", what="`retry`", hint=hint), RetryPolicy()
    policy = RetryPolicy(
        attempts=retry.whole("attempts", 3, 1, 100),
        first_wait=retry.duration("wait", usual.first_wait) or usual.first_wait,
        factor=retry.number("factor", usual.factor, 1, 100),
        longest_wait=retry.duration("longest_wait", usual.longest_wait) or usual.longest_wait,
        jitter=retry.number("jitter", usual.jitter, 0, 1),
        kinds=_one_of(retry, "on", ERROR_KINDS),
    )
    retry.finish()
    return policy


def _one_of(section: Section, key: str, known: Sequence[str]) -> tuple[str, ...]:
    wanted = section.texts(key)
    for one in wanted:
        if one not in known:
            offered = ", ".join(f"`{name}`" for name in known)
            section.complain(key, f"`{key}` cannot be `{one}`.", f"Use some of {offered}.")
    return tuple(one for one in wanted if one in known)


def _call(section: Section) -> Call:
    arguments = section.raw("with")
    is_template = isinstance(arguments, str) and "{{" in arguments
    if not (arguments is None or isinstance(arguments, Mapping) or is_template):
        problem = f"`with` is {kind_of(arguments)}, but names with values are expected."
        section.complain("with", problem, "Write `with: {service: checkout}`.")
        arguments = None
    return Call(
        operation=section.text("call", required=section.raw("call") is not None),
        arguments={} if arguments is None else arguments,
        fail_if=_condition(section, "fail_if"),
        unattended=section.flag("unattended"),
    )


def _approval(owner: Section) -> RequestApproval:
    hint, usual = f"Write `{_SHORT['approval']}`.", ApprovalRule()
    section = owner.inner("approval", what="`approval`", hint=hint)
    risk = section.text("risk", default=usual.risk)
    if risk not in RISKS and "{{" not in risk:
        offered = ", ".join(f"`{one}`" for one in RISKS)
        section.complain("risk", f"`risk` cannot be `{risk}`.", f"Use one of {offered}.")
    never = section.raw("expires") == "never"
    expires = None if never else section.duration("expires", usual.expires_after)
    request = RequestApproval(
        title=section.text("title", required=True),
        details=section.text("details").strip(),
        covers=section.text("covers") or None,
        rule=ApprovalRule(
            role=section.choice("role", Role, usual.role),
            asker_may=section.flag("asker_may"),
            expires_after=expires,
            risk=risk,
        ),
    )
    section.finish()
    return request


def _wait(owner: Section) -> Wait:
    value = owner.raw("wait")
    if not isinstance(value, Mapping):
        return Wait(duration=owner.text("wait", required=True))
    section = owner.inner("wait", what="`wait`")
    wait = Wait(duration=section.raw("for"), until=section.raw("until"))
    if (wait.duration is None) == (wait.until is None):
        problem = "`wait` needs either `for` or `until`."
        section.complain(None, problem, "Write `wait: {for: 20s}`, or `wait: 20s` in short.")
    section.finish()
    return wait


def _ask(owner: Section) -> AskPerson:
    section = owner.inner("ask", what="`ask`", hint=f"Write `{_SHORT['ask']}`.")
    ask = AskPerson(
        question=section.text("question", required=True),
        fields=fields.read(section, "fields"),
        expires_after=section.duration("expires", None),
    )
    if section.is_mapping and not section.has("fields"):
        problem = "`ask` has no `fields` to fill in."
        section.complain(None, problem, "Add `fields: {reason: {type: text}}`.")
    section.finish()
    return ask


def _notify(owner: Section) -> Notify:
    if not isinstance(owner.raw("notify"), Mapping):
        return Notify(text=owner.text("notify", required=True))
    section = owner.inner("notify", what="`notify`")
    notify = Notify(text=section.text("text", required=True), report=section.raw("report"))
    section.finish()
    return notify


_WORK: Mapping[str, Callable[[Section], Work]] = {
    "call": _call,
    "approval": _approval,
    "wait": _wait,
    "ask": _ask,
    "notify": _notify,
}
