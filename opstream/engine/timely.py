"""Which facts still mean something, and which come too late and change nothing."""

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.approval import Verdict
from opstream.domain.run import Run, RunStatus, StepState, StepStatus

# What a call under way came to is worth knowing even when its run has ended meanwhile.
_OUTCOMES = (h.StepSucceeded, h.StepFailed, h.StepDoubted, h.ChildEnded)
_MAY_ASK = (StepStatus.PENDING, StepStatus.RETRYING)
_MAY_BEGIN = (*_MAY_ASK, StepStatus.APPROVED)


def is_timely(run: Run, fact: h.Fact) -> bool:
    """Return whether a fact changes the run as it stands now."""
    if isinstance(fact, h.RunFact):
        return _is_run_open_to(run, fact)
    if _is_over(run, fact.step) and not isinstance(fact, _OUTCOMES):
        return False
    if isinstance(fact, h.StepSucceeded) and not _has_letter(run, fact.letter):
        return False
    return _is_open_to(run.state(fact.step), fact)


def _is_run_open_to(run: Run, fact: h.RunFact) -> bool:
    match fact:
        case h.RunStarted():
            return False
        case h.RunRetried():
            return run.status.ended
        case h.LetterReceived(key=key):
            return not run.status.ended and key not in run.seen_letters
        case h.RunFinished():
            return not run.status.ended
        case h.RunStopping():
            return not run.status.ended and run.status is not RunStatus.STOPPING
    return run.status is _BEFORE[type(fact)]


_BEFORE = {
    h.RunPaused: RunStatus.ACTIVE,
    h.RunResumed: RunStatus.PAUSED,
    h.RunReleased: RunStatus.QUEUED,
}


def _is_over(run: Run, step: str) -> bool:
    """Return whether nothing new begins in a step: only steps that undo others do while a run stops."""
    undoes = paths.undone(step) is not None
    return run.status.ended or undoes is not (run.status is RunStatus.STOPPING)


def _has_letter(run: Run, key: str | None) -> bool:
    return key is None or any(letter.key == key for letter in run.letters)


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
        case h.ItemEnded(index=index):
            return state.status is StepStatus.LOOPING and index in state.active
        case h.ChildEnded(run=child):
            return state.status is StepStatus.RUNNING_CHILD and state.child == child
    return _is_at(state, fact)


def _is_at(state: StepState, fact: h.StepFact) -> bool:
    """Return whether a step is where a fact of this kind finds it."""
    match fact:
        case h.LoopBegan() | h.ChildStarted():
            return state.status in _MAY_ASK
        case h.QuestionAnswered():
            return state.status is StepStatus.ASKING_PERSON
        case h.DoubtCleared():
            return state.status is StepStatus.DOUBTED
    return not state.settled


def _asks(state: StepState, revision: int) -> bool:
    asked = state.approval
    return asked is not None and asked.verdict is Verdict.OPEN and asked.revision == revision
