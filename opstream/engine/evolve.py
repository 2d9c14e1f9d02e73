"""evolve(run, fact) -> Run: the only place where a run's state changes.

Every fact has one row in `_TRANSITIONS`. A fact about a step touches that step alone, but for a yes,
which binds the call that it covers. What comes too late (a second answer, a step that is settled, the
intent of a call that was reset) is counted and changes nothing: `timely.py` tells it apart.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any, TypeAlias

from opstream.domain import history as h
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.engine import verdicts
from opstream.engine.timely import is_timely

_Transition: TypeAlias = Callable[[Run, Any], Run]

_DOUBT = (
    "This was under way when the run ended, and nobody knows whether it took effect. What comes "
    "before it is done anew, so a person has to say: repeat it, skip it, or mark it as done."
)


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


def _succeeded(run: Run, fact: h.StepSucceeded) -> Run:
    state = run.state(fact.step)
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
            perhaps_done=not fact.outcome_known,
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
    return run.with_step(fact.step, _in_doubt(run.state(fact.step), fact.question))


def _in_doubt(state: StepState, question: str) -> StepState:
    return replace(
        state, status=StepStatus.DOUBTED, question=question, perhaps_done=True, wake_at=None
    )


def _doubt_cleared(run: Run, fact: h.DoubtCleared) -> Run:
    state = replace(run.state(fact.step), by=fact.by, perhaps_done=False)
    match fact.answer:
        case h.Clarification.REPEAT:
            again = StepStatus.APPROVED if state.call else StepStatus.PENDING
            state = replace(state, status=again, attempt=state.attempt + 1)
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
    again = dict.fromkeys((*fact.resets, *run.open))  # what is open would wait for ever
    kept = {step: state for step, state in run.steps.items() if step not in again}
    anew = {step: _anew(run.steps[step], step, fact) for step in again if step in run.steps}
    return replace(
        run.with_steps({**kept, **anew}),
        status=RunStatus.ACTIVE,
        paused_by=None,
        ended_at=None,
        outcome=None,
        reason="",
        result=None,
        ended_by=None,
        retries=run.retries + 1,
    )


def _anew(state: StepState, step: str, fact: h.RunRetried) -> StepState:
    """Return the state of a step that is done again after its run had ended.

    Whether a write happened has to be found out first: by the tool, which knows the key, or, if
    what comes before it is done anew, by a person. A failed attempt has moved the number on by
    itself. A bound call that failed was approved to the letter, so it is not asked for again.
    """
    if state.perhaps_done:
        return _found_out_first(state, step, fact)
    if state.status is StepStatus.FAILED and step not in fact.afresh:
        return StepState(
            StepStatus.APPROVED if state.call else StepStatus.PENDING,
            state.attempt,
            call=state.call,
            proposal=state.proposal,
            earlier_approvals=state.approvals,
        )
    return StepState(attempt=state.attempt + 1, earlier_approvals=state.approvals)


def _found_out_first(state: StepState, step: str, fact: h.RunRetried) -> StepState:
    state = replace(state, tries=0, error="", ended_at=None)
    if step in fact.afresh:
        return _in_doubt(state, _DOUBT)
    if state.status in (StepStatus.SCHEDULED, StepStatus.DOUBTED):
        return state
    return replace(state, status=StepStatus.RETRYING, wake_at=fact.at)


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
