"""Facts of a run as sentences, for its log."""

from collections.abc import Callable, Mapping
from typing import Any

from blocks.wording import as_text, clock, code, count, line, person, spent, when
from opstream.domain import history as h

_STEP_LIMIT = 80


def sentence(fact: h.Fact) -> str:
    """Return a fact as one line of mrkdwn."""
    return _SENTENCES[type(fact)](fact)


def _step(step: str) -> str:
    return code(step, _STEP_LIMIT)


def _started(fact: h.RunStarted) -> str:
    version = f"version {fact.workflow_version}"
    return f"{person(fact.by)} started {code(fact.workflow_id, 80)}, {version}."


def _succeeded(fact: h.StepSucceeded) -> str:
    size = len(as_text(fact.output)) if fact.output is not None else 0
    gave = f" and gave {count(size, 'character')}" if size else ""
    return f"{_step(fact.step)} is done after {spent(fact.at - fact.started_at)}{gave}."


def _failed(fact: h.StepFailed) -> str:
    again = f" It is tried again at {clock(fact.retry_at)}." if fact.retry_at else ""
    unknown = "" if fact.outcome_known else " It may have taken effect."
    return f"{_step(fact.step)} failed: {line(fact.error, 300)}{unknown}{again}"


def _asked(fact: h.ApprovalRequested) -> str:
    return f"{_step(fact.step)} asks for a yes, revision {fact.revision}: {line(fact.title, 200)}"


def _changes(fact: h.ChangesRequested) -> str:
    values = ", ".join(f"{line(n, 60)} = {code(as_text(v), 60)}" for n, v in fact.arguments.items())
    said = f": “{line(fact.comment, 300)}”" if fact.comment else ""
    return (
        f"{person(fact.by)} sent {_step(fact.step)} back{said}{f' ({values})' if values else ''}."
    )


def _answered(fact: h.QuestionAnswered) -> str:
    values = ", ".join(f"{line(n, 60)} = {line(as_text(v), 60)}" for n, v in fact.answers.items())
    return f"{person(fact.by)} answered {_step(fact.step)}: {values}."


def _finished(fact: h.RunFinished) -> str:
    by = f" by {person(fact.by)}" if fact.by else ""
    reason = f" {line(fact.reason, 300)}" if fact.reason else ""
    return f"The run ended: {fact.outcome.value}{by}.{reason}"


def _retried(fact: h.RunRetried) -> str:
    steps = ", ".join(code(one, 60) for one in fact.resets[:12])
    return f"{person(fact.by)} set the run going again; done anew: {steps or 'nothing'}."


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
    h.WaitBegan: lambda f: f"{_step(f.step)} rests until {when(f.until)}.",
    h.ApprovalRequested: _asked,
    h.ApprovalGranted: lambda f: f"{person(f.by)} approved {_step(f.step)}, revision {f.revision}.",
    h.ApprovalDenied: lambda f: f"{person(f.by)} denied {_step(f.step)}: {line(f.reason, 300)}",
    h.ChangesRequested: _changes,
    h.ApprovalExpired: lambda f: f"Nobody answered {_step(f.step)} in time, so it counts as a no.",
    h.QuestionAsked: lambda f: f"{_step(f.step)} asks: {line(f.question, 300)}",
    h.QuestionAnswered: _answered,
    h.RunPaused: lambda f: f"{person(f.by)} paused the run.",
    h.RunResumed: lambda f: f"{person(f.by)} let the run go on.",
    h.RunRetried: _retried,
    h.RunFinished: _finished,
}
