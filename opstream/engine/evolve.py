"""evolve(run, fact) -> Run: the only place where a run's state changes.

Every fact has one row in `_TRANSITIONS`. A fact about a step touches that step alone; facts that come
too late (a second answer, a step of an ended run) are told apart where they are written, not here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any, TypeAlias

from opstream.domain import history as h
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.engine import verdicts

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
    )


def evolve(run: Run, fact: h.Fact) -> Run:
    """Return the run after one more fact."""
    return replace(_TRANSITIONS[type(fact)](run, fact), version=run.version + 1)


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
            started_at=state.started_at or fact.at,
            wake_at=None,
        ),
    )


def _succeeded(run: Run, fact: h.StepSucceeded) -> Run:
    state = run.state(fact.step)
    return run.with_step(
        fact.step,
        replace(
            state,
            status=StepStatus.SUCCEEDED,
            output=fact.output,
            started_at=state.started_at or fact.started_at,
            ended_at=fact.at,
            error="",
            wake_at=None,
        ),
    )


def _failed(run: Run, fact: h.StepFailed) -> Run:
    state = run.state(fact.step)
    again = fact.retry_at is not None
    return run.with_step(
        fact.step,
        replace(
            state,
            status=StepStatus.RETRYING if again else StepStatus.FAILED,
            tries=state.tries + 1,
            attempt=state.attempt + 1 if fact.outcome_known else state.attempt,
            started_at=state.started_at or fact.started_at,
            ended_at=None if again else fact.at,
            error=fact.error,
            wake_at=fact.retry_at,
        ),
    )


def _skipped(run: Run, fact: h.StepSkipped) -> Run:
    state = replace(run.state(fact.step), status=StepStatus.SKIPPED, error=fact.reason)
    return run.with_step(fact.step, replace(state, ended_at=fact.at, wake_at=None))


def _doubted(run: Run, fact: h.StepDoubted) -> Run:
    state = run.state(fact.step)
    return run.with_step(
        fact.step, replace(state, status=StepStatus.DOUBTED, question=fact.question)
    )


def _doubt_cleared(run: Run, fact: h.DoubtCleared) -> Run:
    state = replace(run.state(fact.step), by=fact.by)
    match fact.answer:
        case h.Clarification.REPEAT:
            state = replace(state, status=StepStatus.APPROVED, attempt=state.attempt + 1)
        case h.Clarification.SKIP:
            reason = f"Skipped by {fact.by.name}."
            state = replace(state, status=StepStatus.SKIPPED, error=reason, ended_at=fact.at)
        case h.Clarification.DONE:
            state = replace(state, status=StepStatus.SUCCEEDED, ended_at=fact.at)
    return run.with_step(fact.step, state)


def _wait_began(run: Run, fact: h.WaitBegan) -> Run:
    state = replace(
        run.state(fact.step), status=StepStatus.WAITING, started_at=fact.at, wake_at=fact.until
    )
    return run.with_step(fact.step, state)


def _question_asked(run: Run, fact: h.QuestionAsked) -> Run:
    return run.with_step(
        fact.step,
        replace(
            run.state(fact.step),
            status=StepStatus.ASKING_PERSON,
            started_at=fact.at,
            wake_at=fact.expires_at,
            question=fact.question,
            fields=fact.fields,
        ),
    )


def _question_answered(run: Run, fact: h.QuestionAnswered) -> Run:
    state = replace(
        run.state(fact.step),
        status=StepStatus.SUCCEEDED,
        output=dict(fact.answers),
        by=fact.by,
        ended_at=fact.at,
        wake_at=None,
    )
    return run.with_step(fact.step, state)


def _paused(run: Run, fact: h.RunPaused) -> Run:
    return replace(run, status=RunStatus.PAUSED, paused_by=fact.by)


def _resumed(run: Run, fact: h.RunResumed) -> Run:
    return replace(run, status=RunStatus.ACTIVE, paused_by=None)


def _retried(run: Run, fact: h.RunRetried) -> Run:
    kept = {step: state for step, state in run.steps.items() if step not in fact.resets}
    anew = {step: _anew(run.steps[step]) for step in fact.resets if step in run.steps}
    return replace(
        run.with_steps({**kept, **anew}),
        status=RunStatus.ACTIVE,
        ended_at=None,
        outcome=None,
        reason="",
        result=None,
        ended_by=None,
        retries=run.retries + 1,
    )


def _anew(state: StepState) -> StepState:
    """Return the state of a step that is done again after its run had ended.

    A failed attempt has moved the number on by itself, unless its outcome is unknown: then the key
    must stay, so that the tool can tell that it is asked for the same thing again. A bound call
    that failed was approved to the letter, so it is made again without asking again.
    """
    if state.status in (StepStatus.SCHEDULED, StepStatus.DOUBTED):
        return state  # whether it happened has to be found out first
    past = (*state.earlier_approvals, state.approval) if state.approval else ()
    if state.status is StepStatus.FAILED:
        again = StepStatus.APPROVED if state.call else StepStatus.PENDING
        return StepState(again, state.attempt, call=state.call, earlier_approvals=past)
    return StepState(attempt=state.attempt + 1, earlier_approvals=past)


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
    h.WaitBegan: _wait_began,
    h.ApprovalRequested: verdicts.approval_requested,
    h.ApprovalGranted: verdicts.granted,
    h.ApprovalDenied: verdicts.denied,
    h.ChangesRequested: verdicts.changes_requested,
    h.ApprovalExpired: verdicts.expired,
    h.QuestionAsked: _question_asked,
    h.QuestionAnswered: _question_answered,
    h.RunPaused: _paused,
    h.RunResumed: _resumed,
    h.RunRetried: _retried,
    h.RunFinished: _finished,
}
