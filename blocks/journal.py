"""Facts of a run as sentences, for its log."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from blocks import agents, models
from blocks.approvals import asked
from blocks.wording import as_text, clock, code, count, line, listed, person, size, spent, when
from opstream.domain import history as h
from opstream.domain.artifact import referred
from opstream.domain.workflow import Agent, Workflow

_STEP_LIMIT = 80


def sentence(fact: h.Fact, workflow: Workflow | None = None) -> str:
    """Return a fact as one line of mrkdwn.

    Args:
        workflow: Of the run; with it, what agents do is told as such.
    """
    told = _of_agent(fact, workflow) if workflow is not None else ""
    return told or _SENTENCES[type(fact)](fact)


def _of_agent(fact: h.Fact, workflow: Workflow) -> str:
    """Return what an agent did, '' for all else."""
    match fact:
        case h.LoopBegan() if _is_agent(workflow, fact.step):
            return (
                f"{_step(fact.step)} begins; it may ask a model {count(len(fact.items), 'time')}."
            )
        case h.ItemEnded() if _is_agent(workflow, fact.step):
            return f"{_step(fact.step)} is through with turn {fact.index + 1}."
        case h.StepSucceeded() if fact.step.endswith(".think") and workflow.is_of_agent(fact.step):
            wanted = agents.mappings(agents.field(fact.output, "calls"))
            names = [code(str(one.get("operation") or ""), 60) for one in wanted[:5]]
            what = f"wants {listed(names)}" if names else "answers"
            return (
                f"{_step(fact.step)}: the model {what}, after {spent(fact.at - fact.started_at)}."
            )
    return ""


def _is_agent(workflow: Workflow, path: str) -> bool:
    with suppress(KeyError):
        return isinstance(workflow.step(path).work, Agent)
    return False


def _step(step: str) -> str:
    return code(step, _STEP_LIMIT)


def _started(fact: h.RunStarted) -> str:
    what = f"{code(fact.workflow_id, 80)}, version {fact.workflow_version}"
    why = f" ({line(fact.trigger, 200)})" if fact.trigger else ""
    room = " There is no room yet, so it waits in the queue." if fact.queued else ""
    return f"{person(fact.by)} started {what}{why}.{room}"


def _succeeded(fact: h.StepSucceeded) -> str:
    if artifact := referred(fact.output):
        gave = f" and gave {size(artifact.size)}, kept as artifact {code(artifact.id[:12])}"
    else:
        length = len(as_text(fact.output)) if fact.output is not None else 0
        gave = f" and gave {count(length, 'character')}" if length else ""
    return f"{_step(fact.step)} is done after {spent(fact.at - fact.started_at)}{gave}.{_by_model(fact)}"


def _by_model(fact: h.StepSucceeded) -> str:
    return f" By {models.answered(fact.answered)}" if fact.answered else ""


def _failed(fact: h.StepFailed) -> str:
    again = f" It is tried again at {clock(fact.retry_at)}." if fact.retry_at else ""
    unknown = "" if fact.outcome_known else " It may have taken effect."
    return f"{_step(fact.step)} failed: {line(fact.error, 300)}{unknown}{again}"


def _asked(fact: h.ApprovalRequested) -> str:
    return f"{_step(fact.step)} asks for a yes, revision {fact.revision}: {line(fact.title, 200)}"


def _decider(fact: h.ApprovalGranted | h.ApprovalSupported | h.ApprovalDenied) -> str:
    """Return who decided, and for whom."""
    return (
        f"{person(fact.by)} for {person(fact.instead_of)}" if fact.instead_of else person(fact.by)
    )


def _changes(fact: h.ChangesRequested) -> str:
    values = ", ".join(f"{line(n, 60)} = {code(as_text(v), 60)}" for n, v in fact.arguments.items())
    said = f": “{line(fact.comment, 300)}”" if fact.comment else ""
    return (
        f"{person(fact.by)} sent {_step(fact.step)} back{said}{f' ({values})' if values else ''}."
    )


def _answered(fact: h.QuestionAnswered) -> str:
    values = ", ".join(f"{line(n, 60)} = {line(as_text(v), 60)}" for n, v in fact.answers.items())
    return f"{person(fact.by)} answered {_step(fact.step)}: {values}."


def _answered_call(fact: h.CallAnswered) -> str:
    who = person(fact.by) if fact.by else "Nobody"
    values = ", ".join(f"{line(n, 60)} = {line(as_text(v), 60)}" for n, v in fact.values.items())
    did = {"given": "answered", "declined": "declined", "cancelled": "dismissed"}
    said = did.get(fact.reply.value, "answered in time")
    return f"{who} {said} what {_step(fact.step)} asked{f': {values}' if values else ''}."


def _finished(fact: h.RunFinished) -> str:
    by = f" by {person(fact.by)}" if fact.by else ""
    reason = f" {line(fact.reason, 300)}" if fact.reason else ""
    return f"The run ended: {fact.outcome.value}{by}.{reason}"


def _rests(fact: h.WaitBegan) -> str:
    until = f" until {when(fact.until)}" if fact.until else ""
    if fact.topic is None:
        return f"{_step(fact.step)} rests{until}."
    what = "a reply in the thread" if fact.topic == h.REPLY else code(fact.topic, 100)
    return f"{_step(fact.step)} waits for {what}{until}."


def _received(fact: h.LetterReceived) -> str:
    if fact.topic == h.REPLY:
        return f"{person(fact.by) if fact.by else 'Somebody'} replied in the thread."
    by = f" from {person(fact.by)}" if fact.by else ""
    return f"{code(fact.topic, 100)} arrived{by}: {line(as_text(fact.body), 200)}"


def _child_ended(fact: h.ChildEnded) -> str:
    reason = f" {line(fact.reason, 300)}" if fact.reason else ""
    return f"The run {code(fact.run, 80)} of {_step(fact.step)} {fact.outcome.value}.{reason}"


def _stopping(fact: h.RunStopping) -> str:
    by = f" by {person(fact.by)}" if fact.by else ""
    reason = f" {line(fact.reason, 300)}" if fact.reason else ""
    return f"The run is stopped{by}; what it did is undone first.{reason}"


def _retried(fact: h.RunRetried) -> str:
    steps = ", ".join(code(one, 60) for one in fact.resets[:12])
    version = f" with version {fact.workflow_version}" if fact.workflow_version else ""
    return f"{person(fact.by)} set the run going again{version}; done anew: {steps or 'nothing'}."


_SENTENCES: Mapping[type, Callable[[Any], str]] = {
    h.RunStarted: _started,
    h.StepScheduled: lambda f: (
        f"{_step(f.step)} is about to change something, attempt {f.attempt}."
    ),
    h.StepSucceeded: _succeeded,
    h.StepFailed: _failed,
    h.StepSkipped: lambda f: f"{_step(f.step)} is left out. {line(f.reason, 300)}",
    h.StepDoubted: lambda f: (
        f"{_step(f.step)} may or may not have happened: {line(f.question, 300)}"
    ),
    h.DoubtCleared: lambda f: f"{person(f.by)} said about {_step(f.step)}: {f.answer.value}.",
    h.RunReleased: lambda f: "There is room now, so the run begins.",
    h.WaitBegan: _rests,
    h.LetterReceived: _received,
    h.LoopBegan: lambda f: f"{_step(f.step)} begins with {count(len(f.items), 'item')}.",
    h.ItemEnded: lambda f: f"{_step(f.step)} is through with item {f.index + 1}.",
    h.ChildStarted: lambda f: f"{_step(f.step)} started the run {code(f.run, 80)}.",
    h.ChildEnded: _child_ended,
    h.RunStopping: _stopping,
    h.ApprovalRequested: _asked,
    h.ApprovalGranted: lambda f: f"{_decider(f)} approved {_step(f.step)}, revision {f.revision}.",
    h.ApprovalSupported: lambda f: (
        f"{_decider(f)} said yes to {_step(f.step)}, revision {f.revision}; more yeses are needed."
    ),
    h.ApprovalDenied: lambda f: f"{_decider(f)} denied {_step(f.step)}: {line(f.reason, 300)}",
    h.ApprovalEscalated: lambda f: (
        f"Nobody answered {_step(f.step)}, so {listed([asked(one) for one in f.to])} are asked, too."
    ),
    h.ChangesRequested: _changes,
    h.ApprovalExpired: lambda f: f"Nobody answered {_step(f.step)} in time, so it counts as a no.",
    h.QuestionAsked: lambda f: f"{_step(f.step)} asks: {line(f.question, 300)}",
    h.QuestionAnswered: _answered,
    h.CallAsked: lambda f: (
        f"{_step(f.step)}: {code(f.question.source, 60)} asks: {line(f.question.text, 300)}"
    ),
    h.CallAnswered: _answered_call,
    h.RunHandedOver: lambda f: (
        f"{person(f.by)} handed the run over: {person(f.to)} answers for it now."
    ),
    h.RunPaused: lambda f: f"{person(f.by)} paused the run.",
    h.RunResumed: lambda f: f"{person(f.by)} let the run go on.",
    h.RunRetried: _retried,
    h.RunFinished: _finished,
}
