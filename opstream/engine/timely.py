"""Which facts still mean something, and which come too late and change nothing."""

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.approval import Verdict, Yes
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.engine import asking

# What a call under way came to is worth knowing even when its run has ended meanwhile.
_OUTCOMES = (h.StepSucceeded, h.StepFailed, h.StepDoubted, h.ChildEnded)
_MAY_ASK = (StepStatus.PENDING, StepStatus.RETRYING)
_MAY_BEGIN = (*_MAY_ASK, StepStatus.APPROVED)


def is_timely(run: Run, fact: h.Fact) -> bool:
    """Return whether a fact changes the run as it stands now."""
    if isinstance(fact, h.RunFact):
        return _is_run_open_to(run, fact)
    if _is_over(run, fact) and not isinstance(fact, _OUTCOMES):
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
        case h.RunHandedOver(to=to):
            return not run.status.ended and to.id != run.responsible.id
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


def _is_over(run: Run, fact: h.StepFact) -> bool:
    """Return whether a fact comes too late for its run.

    While a run is being undone, only steps that undo others begin; what is asked about a call of before
    has to be answered first.
    """
    if run.status.ended:
        return True
    undoes = paths.undone(fact.step) is not None
    if run.status is RunStatus.STOPPING:
        return not undoes and not isinstance(fact, h.DoubtCleared)
    return undoes


def _has_letter(run: Run, key: str | None) -> bool:
    return key is None or any(letter.key == key for letter in run.letters)


def _is_open_to(state: StepState, fact: h.StepFact) -> bool:
    match fact:
        case h.StepScheduled(attempt=attempt, call=call):
            bound = attempt == state.attempt and state.call in (None, call)
            return bound and state.status in _MAY_BEGIN and not state.perhaps_done
        case h.ApprovalRequested(revision=revision):
            return state.status in _MAY_ASK and revision > state.revision
        case h.ApprovalGranted() | h.ApprovalSupported() | h.ApprovalEscalated():
            return state.status is StepStatus.ASKING_APPROVAL and _goes_further(state, fact)
        case (
            h.ApprovalDenied(revision=revision)
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
        case h.CallAsked() | h.CallAnswered():
            return asking.is_open_to(state, fact)
        case (
            h.StepSucceeded(attempt=attempt)
            | h.StepFailed(attempt=attempt)
            | h.StepDoubted(attempt=attempt)
        ):
            return not state.settled and attempt in (None, state.attempt)
    return not state.settled


def _goes_further(
    state: StepState, fact: h.ApprovalGranted | h.ApprovalSupported | h.ApprovalEscalated
) -> bool:
    """Return whether a question is open for one more yes, or for its next level."""
    asked = state.approval
    if asked is None or not _asks(state, fact.revision):
        return False
    if isinstance(fact, h.ApprovalEscalated):
        return fact.level == len(asked.escalated_at) + 1
    is_last = isinstance(fact, h.ApprovalGranted)
    ids = Yes(fact.by, fact.at, fact.instead_of).ids
    return is_last is (asked.lacks <= 1) and not any(ids & yes.ids for yes in asked.yeses)


def _asks(state: StepState, revision: int) -> bool:
    asked = state.approval
    return asked is not None and asked.verdict is Verdict.OPEN and asked.revision == revision
