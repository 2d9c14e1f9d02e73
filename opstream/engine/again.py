"""What becomes of the steps of an ended run that a person sets going again. Pure.

A loop that failed goes on with the items that are not through; one that is done anew as a whole begins
from its first item, and so do all steps inside it.
"""

from collections.abc import Container
from dataclasses import replace

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.engine import loops

_DOUBT = (
    "This was under way when the run ended, and nobody knows whether it took effect. What comes "
    "before it is done anew, so a person has to say: repeat it, skip it, or mark it as done."
)
_UNDONE_PERHAPS = (
    "This was being undone when the run ended, and nobody knows whether it was. A person has to say: "
    "repeat it, skip it, or mark it as done because it still stands."
)
_AT_FAULT = frozenset({StepStatus.FAILED, StepStatus.DENIED})
_IN_PARTS = frozenset({StepStatus.FAILED, StepStatus.LOOPING})


def retried(run: Run, fact: h.RunRetried) -> Run:
    """Return an ended run that goes on: some of its steps are done anew."""
    gone = {step for step in run.steps if step in fact.drops or _is_inside(step, fact.drops)}
    run = run.with_steps({one: state for one, state in run.steps.items() if one not in gone})
    going_on = {step for step in run.steps if _goes_on(run, step, fact)}
    named = (*fact.resets, *(one for one in run.open if _is_under_way(run, one)))
    whole = {step for step in named if step not in going_on}
    # What is open would wait for ever, so it is done anew even if nobody named it.
    again = {one for one in run.steps if one in whole or _is_again(run, one, whole, going_on)}
    again |= {one for one in run.steps if _is_to_be_undone_anew(run, one, again)}
    kept = {one: state for one, state in run.steps.items() if one not in again}
    resumed = {one: _resumed(state) for one, state in kept.items() if one in going_on}
    anew = {one: _anew(run, one, fact, whole) for one in run.steps if one in again}
    steps = {**kept, **resumed, **anew}
    for step in fact.resets:
        steps |= {
            loop: loops.reopened(steps[loop], index)
            for loop, index in paths.items(step)
            if loop in steps and loop not in again
        }
    return replace(
        run.with_steps(steps),
        workflow_version=fact.workflow_version or run.workflow_version,
        status=RunStatus.ACTIVE,
        stopping=None,
        paused_by=None,
        ended_at=None,
        outcome=None,
        reason="",
        result=None,
        ended_by=None,
        retries=run.retries + 1,
    )


def _is_under_way(run: Run, step: str) -> bool:
    """Return whether a step would be worked on: inside a loop, only if its item is not through."""
    return all(index in run.state(loop).active for loop, index in paths.items(step))


def _goes_on(run: Run, step: str, fact: h.RunRetried) -> bool:
    """Return whether a loop goes on with what is left of it, because nothing of it was undone."""
    state = run.steps[step]
    wanted = step in fact.resets or step in run.open or bool(paths.scope(step))
    if not (wanted and state.items and state.status in _IN_PARTS) or step in fact.afresh:
        return False
    inside = f"{step}["
    undone = (one for path, one in run.steps.items() if path.startswith(inside) and _undoes(path))
    return not any(one.status is StepStatus.SUCCEEDED or one.perhaps_done for one in undone)


def _undoes(path: str) -> bool:
    return paths.undone(path) is not None


def _is_again(run: Run, step: str, whole: Container[str], going_on: Container[str]) -> bool:
    """Return whether a step inside loops is done anew, with its loop or because it is at fault."""
    around = [*paths.items(step)]
    if any(loop in whole for loop, _ in around):
        return True
    state = run.steps[step]
    at_fault = state.status in _AT_FAULT or loops.was_left(state)
    going = _is_under_way(run, step) and any(loop in going_on for loop, _ in around)
    return at_fault and going and step not in going_on


def _is_to_be_undone_anew(run: Run, step: str, again: Container[str]) -> bool:
    """Return whether a step undoes what is done anew, or did not manage to: the next time it may.

    What a person skipped stays skipped: it may have happened.
    """
    if not _undoes(step):
        return False
    state = run.steps[step]
    managed = state.status in (StepStatus.SUCCEEDED, StepStatus.SKIPPED) or state.perhaps_done
    return (paths.undone(step) or "") in again or not managed


def _resumed(state: StepState) -> StepState:
    return replace(state, status=StepStatus.LOOPING, error="", tries=0, ended_at=None)


def _anew(run: Run, step: str, fact: h.RunRetried, whole: Container[str]) -> StepState:
    """Return the state of a step that is done again after its run had ended.

    Whether a write happened has to be found out first: by the tool, which knows the key, or, if
    what comes before it is done anew, by a person. A failed attempt has moved the number on by
    itself. A bound call that failed was approved to the letter, so it is not asked for again.
    """
    state = run.steps[step]
    if _undoes(step):
        return undo_anew(state)
    afresh = step in fact.afresh or any(loop in whole for loop, _ in paths.items(step))
    if run.state(paths.undo(step)).perhaps_done:
        return in_doubt(_cleared(state), _UNDONE_PERHAPS)
    if state.perhaps_done:
        return _found_out_first(_cleared(state), fact, afresh=afresh)
    if state.status is StepStatus.FAILED and not afresh:
        return StepState(
            StepStatus.APPROVED if state.call else StepStatus.PENDING,
            state.attempt,
            call=state.call,
            proposal=state.proposal,
            earlier_approvals=state.approvals,
        )
    return StepState(attempt=state.attempt + 1, earlier_approvals=state.approvals)


def undo_anew(state: StepState) -> StepState:
    """Return what undoes a step, for the next time; one that perhaps happened keeps its key."""
    if state.perhaps_done:
        return replace(_cleared(state), status=StepStatus.SCHEDULED, wake_at=None)
    return StepState(attempt=state.attempt + 1, earlier_approvals=state.approvals)


def _cleared(state: StepState) -> StepState:
    return replace(state, tries=0, error="", ended_at=None)


def _found_out_first(state: StepState, fact: h.RunRetried, *, afresh: bool) -> StepState:
    if afresh:
        return in_doubt(state, _DOUBT)
    if state.status in (StepStatus.SCHEDULED, StepStatus.DOUBTED):
        return state
    return replace(state, status=StepStatus.RETRYING, wake_at=fact.at)


def _is_inside(step: str, others: Container[str]) -> bool:
    """Return whether a step is done for, or undoes, one of some others."""
    undone = paths.undone(step)
    around = [loop for loop, _ in paths.items(step)]
    return any(one in others for one in (*around, *([undone] if undone else ())))


def in_doubt(state: StepState, question: str) -> StepState:
    """Return a step of which a person has to say what happened."""
    return replace(
        state, status=StepStatus.DOUBTED, question=question, perhaps_done=True, wake_at=None
    )
