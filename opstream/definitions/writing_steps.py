"""Steps as our own format writes them: what is usual is left out."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from opstream.definitions import rescues
from opstream.definitions.fields import spoken
from opstream.definitions.inputs import in_one_unit
from opstream.definitions.writing_fields import filled, written_fields
from opstream.domain.values import Json
from opstream.domain.workflow import (
    Agent,
    ApprovalRule,
    AskPerson,
    Call,
    Escalation,
    ForEach,
    Notify,
    OnError,
    Prompt,
    RequestApproval,
    RetryPolicy,
    RunWorkflow,
    Step,
    Think,
    Wait,
    Work,
)


def write(steps: Sequence[Step]) -> list[Json]:
    """Return the steps of a workflow or of a loop as they are written."""
    return _Writer(steps).row(None)


class _Writer:
    """Writes the steps of one scope; those that answer a failure stand inside the failing one."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._last = rescues.last_rescuers(steps)
        self._answered = rescues.answered_by(steps)

    def row(self, failing: str | None) -> list[Json]:
        """Return the steps that answer the failure of a step; None asks for all others."""
        written: list[Json] = []
        before = failing
        for step in self._steps:
            if step.rescues == failing:
                written.append(self._step(step, before))
                before = step.id
        return written

    def _step(self, step: Step, before: str | None) -> Json:
        usual = (before,) if before else ()
        is_usual = step.needs == rescues.with_rescuers(usual, self._last, self._answered[step.id])
        on_error: Json = None if step.on_error is OnError.STOP else step.on_error.value
        if step.id in self._last:
            on_error = {"steps": self.row(step.id)}
        title = {} if step.title == spoken(step.id) else {"title": step.title}
        rest = {
            "when": step.when,
            "retry": _retry(step.retry),
            "timeout": _duration(step.timeout),
            "undo": _call(step.undo) if step.undo else None,
            "on_error": on_error,
        }
        needs = {} if is_usual else {"needs": list(step.needs)}
        return {"id": step.id, **title, **_work(step.work), **needs, **filled(rest)}


def _work(work: Work) -> dict[str, Json]:
    match work:
        case Call() as call:
            return _call(call)
        case Wait() as wait:
            return {"wait": _wait(wait)}
        case ForEach() as loop:
            usual = ForEach(None, ()).at_once
            at_once = {} if loop.at_once == usual else {"at_once": loop.at_once}
            return {"for_each": {"items": loop.items, **at_once, "steps": write(loop.steps)}}
        case RunWorkflow(workflow=name, inputs=inputs):
            return {"run": {"workflow": name, "inputs": inputs} if inputs else name}
        case Agent() as agent:
            return {"agent": _agent(agent)}
        case Think():
            return {}  # part of an agent, which is written whole
        case Notify(text=text, report=report):
            return {"notify": text if report is None else {"text": text, "report": report}}
        case asking:
            return _asking(asking)


def _asking(work: Prompt | RequestApproval | AskPerson) -> dict[str, Json]:
    match work:
        case Prompt(template=name) as prompt if name:
            named = {"template": name, "with": prompt.values, "model": prompt.model}
            return {"prompt": filled(named)}
        case Prompt() as prompt:
            said = {"text": prompt.text, "system": prompt.system, "model": prompt.model}
            schema = {} if prompt.schema is None else {"schema": prompt.schema}
            written = filled(said) | schema
            return {"prompt": prompt.text if list(written) == ["text"] else written}
        case RequestApproval() as request:
            return {"approval": _approval(request)}
        case AskPerson() as ask:
            expires = _duration(ask.expires_after)
            data: dict[str, Json] = {"question": ask.question, "expires": expires}
            return {"ask": {**filled(data), "fields": written_fields(ask.fields)}}


def _agent(agent: Agent) -> Json:
    usual = Agent("")
    said = filled({"task": agent.task, "system": agent.system, "model": agent.model})
    limits: Mapping[str, tuple[Json, bool]] = {
        "tools": (list(agent.tools), not agent.tools),
        "turns": (agent.turns, agent.turns == usual.turns),
        "tokens": (agent.tokens, agent.tokens == usual.tokens),
        "schema": (agent.schema, agent.schema is None),
    }
    written = {**said, **_unusual(limits)}
    return agent.task if list(written) == ["task"] else written


def _call(call: Call) -> dict[str, Json]:
    rest = {"with": call.arguments, "fail_if": call.fail_if, "unattended": call.unattended}
    if call.keep is not None:
        rest |= {"keep": _duration(call.keep)} if call.keep else {"fresh": True}
    return {"call": call.operation, **filled(rest)}


def _approval(request: RequestApproval) -> Json:
    rule, usual = request.rule, ApprovalRule()
    expires = "never" if rule.expires_after is None else _duration(rule.expires_after)
    data: dict[str, Json] = {
        "title": request.title,
        "details": request.details,
        "covers": request.covers,
        "role": None if rule.role is usual.role else rule.role.value,
        "asker_may": rule.asker_may,
        "expires": None if rule.expires_after == usual.expires_after else expires,
        "risk": None if rule.risk == usual.risk else rule.risk,
        "people": None if rule.people == usual.people else rule.people,
        "reactions": rule.reactions,
        **_escalation(rule.escalation),
    }
    return filled(data)


def _escalation(levels: Sequence[Escalation]) -> dict[str, Json]:
    written = [(in_one_unit(level.after), list(level.to)) for level in levels]
    if len(written) == 1:
        [(after, to)] = written
        return {"escalate_after": after, "escalate_to": to}
    return {"escalate": [{"after": after, "to": to} for after, to in written]}


def _wait(wait: Wait) -> Json:
    if wait.reply and wait.where is None:
        return "reply"
    if isinstance(wait.duration, str) and wait.duration != "reply":
        return wait.duration
    data = {
        "for": wait.duration,
        "until": wait.until,
        "topic": wait.topic,
        "reply": wait.reply,
        "where": wait.where,
    }
    return filled(data)


def _retry(policy: RetryPolicy) -> Json:
    usual = RetryPolicy()
    if policy == RetryPolicy(attempts=policy.attempts):
        return None if policy == usual else policy.attempts
    data: Mapping[str, tuple[Json, bool]] = {
        "attempts": (policy.attempts, policy.attempts == usual.attempts),
        "wait": (_duration(policy.first_wait), policy.first_wait == usual.first_wait),
        "factor": (policy.factor, policy.factor == usual.factor),
        "longest_wait": (_duration(policy.longest_wait), policy.longest_wait == usual.longest_wait),
        "jitter": (policy.jitter, policy.jitter == usual.jitter),
        "on": (list(policy.kinds), not policy.kinds),
    }
    return _unusual(data)


def _unusual(data: Mapping[str, tuple[Json, bool]]) -> dict[str, Json]:
    return {key: value for key, (value, is_usual) in data.items() if not is_usual}


def _duration(duration: timedelta | None) -> str | None:
    return in_one_unit(duration) if duration else None
