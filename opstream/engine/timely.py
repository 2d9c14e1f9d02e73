"""Which facts still mean something, and which come too late and change nothing."""

from opstream.domain import history as h
from opstream.domain.approval import Verdict
from opstream.domain.run import Run, RunStatus, StepState, StepStatus

# What a call under way came to is worth knowing even when its run has ended meanwhile.
_OUTCOMES = (h.StepSucceeded, h.StepFailed, h.StepDoubted)
_MAY_ASK = (StepStatus.PENDING, StepStatus.RETRYING)
_MAY_BEGIN = (*_MAY_ASK, StepStatus.APPROVED)


def is_timely(run: Run, fact: h.Fact) -> bool:
    """Return whether a fact changes the run as it stands now."""
    match fact:
        case h.RunStarted():
            return False
        case h.RunRetried():
            return run.status.ended
        case h.RunFinished():
            return not run.status.ended
        case h.RunPaused():
            return run.status is RunStatus.ACTIVE
        case h.RunResumed():
            return run.status is RunStatus.PAUSED
    if run.status.ended and not isinstance(fact, _OUTCOMES):
        return False
    return _is_open_to(run.state(fact.step), fact)


def _is_open_to(state: StepState, fact: h.StepFact) -> bool:
    match fact:
        case h.StepScheduled(attempt=attempt, call=call):
            bound = attempt == state.attempt and state.call in (None, call)
            return bound and state.status in _MAY_BEGIN and not state.perhaps_done
        case h.ApprovalRequested(revision=revision):
            return state.status in _MAY_ASK and revision > state.revision
        case (
            h.ApprovalGranted(revision=revision)
            | h.ApprovalDenied(revision=revision)
            | h.ChangesRequested(revision=revision)
            | h.ApprovalExpired(revision=revision)
        ):
            return state.status is StepStatus.ASKING_APPROVAL and _asks(state, revision)
        case h.QuestionAnswered():
            return state.status is StepStatus.ASKING_PERSON
        case h.DoubtCleared():
            return state.status is StepStatus.DOUBTED
        case _:
            return not state.settled


def _asks(state: StepState, revision: int) -> bool:
    asked = state.approval
    return asked is not None and asked.verdict is Verdict.OPEN and asked.revision == revision
