"""evolve(run, fact) -> Run: the only place where a run's state changes.

Every fact has one row in `_TRANSITIONS`. A fact about a step touches that step alone, but for a yes, which
binds the call that it covers. What comes too late is counted and changes nothing: see `timely.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any, TypeAlias

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.run import Letter, Run, RunStatus, StepState, StepStatus
from opstream.engine import again, asking, loops, verdicts
from opstream.engine.timely import is_timely

MOST_LETTERS = 1_000
"""How many letters wait for a step; when more come, the oldest are dropped."""

_Transition: TypeAlias = Callable[[Run, Any], Run]


def begin(run_id: str, fact: h.RunStarted) -> Run:
    """Return the run that a first fact makes."""
    return Run(
        id=run_id,
        workflow_id=fact.workflow_id,
        workflow_version=fact.workflow_version,
        inputs=fact.inputs,
        by=fact.by,
        place=fact.place,
        started_at=fact.at,
        status=RunStatus.QUEUED if fact.queued else RunStatus.ACTIVE,
        parent=fact.parent,
        trigger=fact.trigger,
    )


def evolve(run: Run, fact: h.Fact) -> Run:
    """Return the run after one more fact; one that comes too late changes only its version."""
    after = _TRANSITIONS[type(fact)](run, fact) if is_timely(run, fact) else run
    return replace(after, version=run.version + 1)


def replay(run_id: str, facts: Iterable[h.Fact]) -> Run:
    """Return the run that its whole history adds up to.

    Raises:
        ValueError: the history does not begin with `RunStarted`.
    """
    rest = iter(facts)
    first = next(rest, None)
    if not isinstance(first, h.RunStarted):
        raise ValueError(f"the history of {run_id!r} does not begin with RunStarted")
    return reduce(evolve, rest, begin(run_id, first))


def _restarted(run: Run, fact: h.RunStarted) -> Run:
    return run  # a doubled start changes nothing


def _scheduled(run: Run, fact: h.StepScheduled) -> Run:
    state = run.state(fact.step)
    return run.with_step(
        fact.step,
        replace(
            state,
            status=StepStatus.SCHEDULED,
            attempt=fact.attempt,
            call=fact.call,
            perhaps_done=True,
            started_at=state.started_at or fact.at,
            wake_at=None,
        ),
    )


def _released(run: Run, fact: h.RunReleased) -> Run:
    return replace(run, status=RunStatus.ACTIVE, moved=None)


def _succeeded(run: Run, fact: h.StepSucceeded) -> Run:
    state = run.state(fact.step)
    if fact.letter is not None:
        run = replace(run, letters=tuple(one for one in run.letters if one.key != fact.letter))
    return run.with_step(
        fact.step,
        replace(
            state,
            status=StepStatus.SUCCEEDED,
            output=fact.output,
            perhaps_done=False,
            started_at=state.started_at or fact.started_at,
            ended_at=fact.at,
            error="",
            wake_at=None,
            answered=fact.answered,
        ),
    )


def _failed(run: Run, fact: h.StepFailed) -> Run:
    state = run.state(fact.step)
    again = fact.retry_at is not None
    # That a later try had no effect says nothing about an earlier one with the same key.
    known = fact.outcome_known and not (
        state.perhaps_done and state.status is not StepStatus.SCHEDULED
    )
    if state.status is StepStatus.LOOPING:
        run = loops.abandoned(run, fact.step, fact.at)
    return run.with_step(
        fact.step,
        replace(
            state,
            status=StepStatus.RETRYING if again else StepStatus.FAILED,
            tries=state.tries + 1,
            attempt=state.attempt + 1 if known else state.attempt,
            perhaps_done=not known,
            started_at=state.started_at or fact.started_at,
            ended_at=None if again else fact.at,
            error=fact.error,
            wake_at=None if known and _is_left(run, fact.step) else fact.retry_at,
        ),
    )


def _is_left(run: Run, step: str) -> bool:
    """Return whether a step is not begun again, because its run is only being undone."""
    return run.status is RunStatus.STOPPING and paths.undone(step) is None


def _skipped(run: Run, fact: h.StepSkipped) -> Run:
    state = replace(run.state(fact.step), status=StepStatus.SKIPPED, error=fact.reason)
    return run.with_step(fact.step, replace(state, ended_at=fact.at, wake_at=None))


def _doubted(run: Run, fact: h.StepDoubted) -> Run:
    return run.with_step(fact.step, again.in_doubt(run.state(fact.step), fact.question))


def _doubt_cleared(run: Run, fact: h.DoubtCleared) -> Run:
    state = replace(run.state(fact.step), by=fact.by, perhaps_done=False)
    match fact.answer:
        case h.Clarification.REPEAT:
            anew = StepStatus.APPROVED if state.call else StepStatus.PENDING
            state = replace(state, status=anew, attempt=state.attempt + 1)
        case h.Clarification.SKIP:
            reason = f"Skipped by {fact.by.name}."
            state = replace(state, status=StepStatus.SKIPPED, error=reason, ended_at=fact.at)
        case h.Clarification.DONE:
            state = replace(state, status=StepStatus.SUCCEEDED, ended_at=fact.at)
    undo = run.steps.get(paths.undo(fact.step))
    if undo is not None and fact.answer is not h.Clarification.DONE:
        run = run.with_step(
            paths.undo(fact.step), again.undo_anew(replace(undo, perhaps_done=False))
        )
    return run.with_step(fact.step, state)


def _wait_began(run: Run, fact: h.WaitBegan) -> Run:
    state = replace(
        run.state(fact.step),
        status=StepStatus.WAITING,
        started_at=fact.at,
        wake_at=fact.until,
        topic=fact.topic,
        waits_since=run.version + 1,
    )
    return run.with_step(fact.step, state)


def _received(run: Run, fact: h.LetterReceived) -> Run:
    letter = Letter(fact.topic, fact.key, fact.body, fact.at, fact.by, run.version + 1)
    letters = (*run.letters, letter)[-MOST_LETTERS:]
    return replace(run, letters=letters, seen_letters=run.seen_letters | {fact.key})


def _child_started(run: Run, fact: h.ChildStarted) -> Run:
    state = run.state(fact.step)
    began = state.started_at or fact.at
    child = replace(state, status=StepStatus.RUNNING_CHILD, started_at=began, child=fact.run)
    return run.with_step(fact.step, replace(child, wake_at=None))


def _child_ended(run: Run, fact: h.ChildEnded) -> Run:
    state = replace(run.state(fact.step), ended_at=fact.at)
    if fact.outcome is h.Outcome.SUCCEEDED:
        state = replace(state, status=StepStatus.SUCCEEDED, output=fact.result)
        return run.with_step(fact.step, state)
    said = f" {fact.reason}" if fact.reason else ""
    error = f"The run `{fact.run}` {_ENDS[fact.outcome]}.{said}"
    failed = replace(state, status=StepStatus.FAILED, error=error, attempt=state.attempt + 1)
    return run.with_step(fact.step, failed)


_ENDS = {
    h.Outcome.FAILED: "failed",
    h.Outcome.CANCELLED: "was cancelled",
    h.Outcome.DENIED: "was denied",
}


def _paused(run: Run, fact: h.RunPaused) -> Run:
    return replace(run, status=RunStatus.PAUSED, paused_by=fact.by)


def _resumed(run: Run, fact: h.RunResumed) -> Run:
    return replace(run, status=RunStatus.ACTIVE, paused_by=None, moved=None)


def _handed_over(run: Run, fact: h.RunHandedOver) -> Run:
    return replace(run, handed_over=fact)


def _stopping(run: Run, fact: h.RunStopping) -> Run:
    run = verdicts.withdrawn(run, fact.at)
    for step, state in run.open.items():
        wake_at = _to_be_settled(state, fact.at)
        if wake_at != state.wake_at and paths.undone(step) is None:
            run = run.with_step(step, replace(state, wake_at=wake_at))
    return replace(run, status=RunStatus.STOPPING, stopping=fact, paused_by=None)


def _to_be_settled(state: StepState, now: datetime) -> datetime | None:
    """Return when a step is looked at in a run that is being undone: only for an outcome to find out."""
    if state.is_call_open and state.status is StepStatus.RETRYING:
        return state.wake_at or now
    return None


def _finished(run: Run, fact: h.RunFinished) -> Run:
    return replace(
        verdicts.withdrawn(run, fact.at),
        status=RunStatus(fact.outcome.value),
        ended_at=fact.at,
        outcome=fact.outcome,
        result=fact.result,
        reason=fact.reason,
        ended_by=fact.by,
    )


_TRANSITIONS: Mapping[type, _Transition] = {
    h.RunStarted: _restarted,
    h.StepScheduled: _scheduled,
    h.StepSucceeded: _succeeded,
    h.StepFailed: _failed,
    h.StepSkipped: _skipped,
    h.StepDoubted: _doubted,
    h.DoubtCleared: _doubt_cleared,
    h.RunReleased: _released,
    h.WaitBegan: _wait_began,
    h.LetterReceived: _received,
    h.LoopBegan: loops.began,
    h.ItemEnded: loops.item_ended,
    h.ChildStarted: _child_started,
    h.ChildEnded: _child_ended,
    h.RunStopping: _stopping,
    h.ApprovalRequested: verdicts.approval_requested,
    h.ApprovalSupported: verdicts.supported,
    h.ApprovalEscalated: verdicts.escalated,
    h.ApprovalGranted: verdicts.granted,
    h.ApprovalDenied: verdicts.denied,
    h.ChangesRequested: verdicts.changes_requested,
    h.ApprovalExpired: verdicts.expired,
    h.QuestionAsked: asking.question_asked,
    h.QuestionAnswered: asking.question_answered,
    h.CallAsked: asking.call_asked,
    h.CallAnswered: asking.call_answered,
    h.RunPaused: _paused,
    h.RunResumed: _resumed,
    h.RunRetried: again.retried,
    h.RunHandedOver: _handed_over,
    h.RunFinished: _finished,
}
