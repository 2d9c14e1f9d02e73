"""Notices that ask something of people: whether what they ask is still open. Pure."""

from opstream.domain.approval import Verdict
from opstream.domain.notification import Notice
from opstream.domain.run import Run, StepStatus

ASKING = frozenset({StepStatus.ASKING_PERSON, StepStatus.DOUBTED})
_APPROVAL, _ANSWER = "approval", "asks"


def key_of_approval(step: str, revision: int, retries: int, level: int) -> str:
    """Return what tells the notice of an approval apart within its run.

    Args:
        step: The path of the step that asks.
        revision: Of the approval.
        retries: How often the run was set going again.
        level: How often more people were asked, as nobody answered.
    """
    return f"{_APPROVAL}/{step}/{revision}/{retries}/{level}"


def key_of_question(step: str, attempt: int, retries: int) -> str:
    """Return what tells the notice of a question apart within its run; see `key_of_approval`."""
    return f"{_ANSWER}/{step}/{attempt}/{retries}"


def asks(notice: Notice) -> bool:
    """Return whether a notice asks for a decision or an answer."""
    return bool(notice.run) and _kind_of(notice) in (_APPROVAL, _ANSWER)


def is_open(notice: Notice, run: Run) -> bool:
    """Return whether a run still waits for what a notice asks for."""
    if run.status.ended:
        return False
    _, _, written = notice.key.removeprefix(f"{notice.run}/").partition("/")
    if _kind_of(notice) == _APPROVAL:
        step, revision, retries, _ = written.rsplit("/", 3)
        asked = run.state(step).approvals
        waits = any(one.verdict is Verdict.OPEN and str(one.revision) == revision for one in asked)
    else:
        step, attempt, retries = written.rsplit("/", 2)
        state = run.state(step)
        waits = state.status in ASKING and str(state.attempt) == attempt
    return waits and str(run.retries) == retries


def _kind_of(notice: Notice) -> str:
    return notice.key.removeprefix(f"{notice.run}/").partition("/")[0]
