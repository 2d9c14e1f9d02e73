"""What a step of our own format does: one function a kind of work, but for loops."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from opstream.definitions import fields, native_approval
from opstream.definitions.section import Section, kind_of
from opstream.domain.values import Json
from opstream.domain.workflow import (
    Agent,
    AskPerson,
    Call,
    Notify,
    Prompt,
    RunWorkflow,
    Wait,
    Work,
)

SHORT: Mapping[str, str] = {
    "call": "call: estate_status",
    "prompt": "prompt: Sum this up.",
    "agent": "agent: Find out why {{ inputs.service }} is slow.",
    "run": "run: another_workflow",
    "for_each": 'for_each: {items: "{{ inputs.services }}", steps: [{call: estate_status}]}',
    "approval": native_approval.SHORT,
    "wait": "wait: 20s",
    "ask": "ask: {question: Why?, fields: {reason: text}}",
    "notify": "notify: All is well.",
}
_SCHEMA = "Write a JSON schema, such as `schema: {type: object, properties: {…}}`."


def condition(section: Section, key: str) -> str | None:
    """Return an expression, or None when there is none."""
    value = section.raw(key)
    if isinstance(value, bool):
        return "true" if value else "false"
    return section.text(key) or None


def values(section: Section, key: str) -> Json:
    """Return names with values, or one template that gives them all."""
    found = section.raw(key)
    is_template = isinstance(found, str) and "{{" in found
    if not (found is None or isinstance(found, Mapping) or is_template):
        problem = f"`{key}` is {kind_of(found)}, but names with values are expected."
        section.complain(key, problem, f"Write `{key}: {{service: checkout}}`.")
        found = None
    return {} if found is None else found


def call(section: Section) -> Call:
    """Return the call that a section makes; `undo` is one too."""
    return Call(
        operation=section.text("call", required=section.raw("call") is not None),
        arguments=values(section, "with"),
        fail_if=condition(section, "fail_if"),
        unattended=section.flag("unattended"),
        keep=timedelta() if section.flag("fresh") else section.duration("keep", None),
    )


def undo(owner: Section) -> Call | None:
    """Return the call that takes a step back, or None."""
    if owner.raw("undo") is None:
        return None
    hint = "Write `undo: {call: travel.cancel, with: {…}}`."
    section = owner.inner("undo", what="`undo`", hint=hint)
    if section.is_mapping and not section.has("call"):
        section.complain(None, "`undo` has no `call`.", hint)
    found = call(section)
    section.finish()
    return found


def _prompt(owner: Section) -> Prompt:
    if not isinstance(owner.raw("prompt"), Mapping):
        return Prompt(text=owner.text("prompt", required=True))
    section = owner.inner("prompt", what="`prompt`")
    if section.has("template"):
        return _templated(section)
    prompt = Prompt(
        text=section.text("text", required=True),
        system=section.text("system"),
        model=section.text("model"),
        schema=_schema(section),
    )
    section.finish()
    return prompt


def _templated(section: Section) -> Prompt:
    prompt = Prompt(
        text="",
        model=section.text("model"),
        template=section.text("template", required=True),
        values=values(section, "with"),
    )
    if isinstance(prompt.values, str):
        problem = (
            "`with` is one template, but the inputs of the prompt template by name are expected."
        )
        section.complain("with", problem, 'Write `with: {text: "{{ inputs.text }}"}`.')
        prompt = replace(prompt, values={})
    for key in ("text", "system", "schema"):
        if section.raw(key) is not None:
            problem = f"`{key}` comes from the template already."
            section.complain(key, problem, f"Take `{key}` out, or `template`.")
    section.finish()
    return prompt


def _agent(owner: Section) -> Agent:
    if not isinstance(owner.raw("agent"), Mapping):
        return Agent(owner.text("agent", required=True))
    section = owner.inner("agent", what="`agent`")
    usual = Agent("")
    agent = Agent(
        task=section.text("task", required=True),
        system=section.text("system"),
        model=section.text("model"),
        tools=tuple(section.texts("tools")),
        turns=section.whole("turns", usual.turns, 1, 100),
        tokens=section.whole("tokens", usual.tokens, 1_000, 10_000_000),
        schema=_schema(section),
    )
    section.finish()
    return agent


def _schema(section: Section) -> Json:
    schema = section.raw("schema")
    if not (schema is None or isinstance(schema, Mapping)):
        section.complain("schema", f"`schema` is {kind_of(schema)}.", _SCHEMA)
        return None
    return schema


def _run(owner: Section) -> RunWorkflow:
    if not isinstance(owner.raw("run"), Mapping):
        return RunWorkflow(owner.text("run", required=True))
    section = owner.inner("run", what="`run`")
    run = RunWorkflow(section.text("workflow", required=True), values(section, "inputs"))
    section.finish()
    return run


def _wait(owner: Section) -> Wait:
    value = owner.raw("wait")
    if value == "reply":
        return Wait(reply=True)
    if not isinstance(value, Mapping):
        return Wait(duration=owner.text("wait", required=True))
    section = owner.inner("wait", what="`wait`")
    wait = Wait(
        duration=section.raw("for"),
        until=section.raw("until"),
        topic=section.text("topic") or None,
        where=condition(section, "where"),
        reply=section.flag("reply"),
    )
    ways = (wait.duration, wait.until, wait.topic, wait.reply or None)
    if sum(way is not None for way in ways) != 1:
        problem = "`wait` needs just one of `for`, `until`, `topic` and `reply`."
        section.complain(None, problem, "Write `wait: {for: 20s}`, or `wait: 20s` in short.")
    elif wait.where and not (wait.topic or wait.reply):
        problem = "`where` picks letters and replies, but this waits for a time."
        section.complain("where", problem, "Take it out, or wait for a `topic`.")
    section.finish()
    return wait


def _ask(owner: Section) -> AskPerson:
    section = owner.inner("ask", what="`ask`", hint=f"Write `{SHORT['ask']}`.")
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


WORK: Mapping[str, Callable[[Section], Work]] = {
    "call": call,
    "prompt": _prompt,
    "agent": _agent,
    "run": _run,
    "approval": native_approval.approval,
    "wait": _wait,
    "ask": _ask,
    "notify": _notify,
}
