"""Where a run and its steps are, as a sign and a word: what cards, lists and the plan agree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from blocks.wording import Remark, about, bar, count, flat, person
from opstream.domain.durations import show
from opstream.domain.operation import Progress
from opstream.domain.run import Run, RunStatus, RunSummary, RunView, StepState, StepStatus
from opstream.domain.workflow import Step


@dataclass(frozen=True, slots=True)
class Sign:
    """A state as an emoji and a word: never one without the other."""

    emoji: str
    word: str

    def __str__(self) -> str:
        return f"{self.emoji} {self.word}"


class Stage(StrEnum):
    """The four states that Slack's plan block knows."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    ERROR = "error"


WAITING_FOR_PERSON = Sign("🙋", "Waiting for a person")
_RUN_SIGNS = {
    RunStatus.ACTIVE: Sign("🔄", "Running"),
    RunStatus.PAUSED: Sign("⏸️", "Paused"),
    RunStatus.SUCCEEDED: Sign("✅", "Done"),
    RunStatus.FAILED: Sign("❌", "Failed"),
    RunStatus.CANCELLED: Sign("🚫", "Cancelled"),
    RunStatus.DENIED: Sign("✋", "Denied"),
}
_ASKING = {
    StepStatus.ASKING_APPROVAL: Sign("🙋", "Waiting for a decision"),
    StepStatus.ASKING_PERSON: Sign("🙋", "Waiting for an answer"),
    StepStatus.DOUBTED: Sign("🙋", "Waiting for a word on what happened"),
}
_STAGES = {
    StepStatus.SCHEDULED: Stage.IN_PROGRESS,
    StepStatus.RETRYING: Stage.IN_PROGRESS,
    StepStatus.WAITING: Stage.IN_PROGRESS,
    StepStatus.ASKING_APPROVAL: Stage.IN_PROGRESS,
    StepStatus.ASKING_PERSON: Stage.IN_PROGRESS,
    StepStatus.DOUBTED: Stage.IN_PROGRESS,
    StepStatus.APPROVED: Stage.IN_PROGRESS,
    StepStatus.SUCCEEDED: Stage.COMPLETE,
    StepStatus.SKIPPED: Stage.COMPLETE,
    StepStatus.FAILED: Stage.ERROR,
    StepStatus.DENIED: Stage.ERROR,
}


def run_sign(run: Run) -> Sign:
    """Return where a run is; what it waits for says more than that it runs."""
    if run.status is RunStatus.ACTIVE:
        for state in run.steps.values():
            if state.status in _ASKING:
                return _ASKING[state.status]
    return _RUN_SIGNS[run.status]


def summary_sign(summary: RunSummary) -> Sign:
    """Return where a run in a list is."""
    if summary.status is RunStatus.ACTIVE and summary.waits_for_person:
        return WAITING_FOR_PERSON
    return _RUN_SIGNS[summary.status]


def stage(view: RunView, step: Step) -> Stage:
    """Return the state of a step in the plan.

    A call that only reads leaves no trace before it ends, so a step counts as under way as soon as
    all that it needs is settled.
    """
    status = view.run.state(step.id).status
    if status is not StepStatus.PENDING:
        return _ended_early(view.run, _STAGES[status])
    ready = all(_settled(view.run, need) for need in step.needs)
    begun = step.id in view.under_way or (ready and view.run.status is RunStatus.ACTIVE)
    return _ended_early(view.run, Stage.IN_PROGRESS if begun else Stage.PENDING)


def _ended_early(run: Run, found: Stage) -> Stage:
    return Stage.PENDING if run.status.ended and found is Stage.IN_PROGRESS else found


def _settled(run: Run, step_id: str) -> bool:
    return run.state(step_id).settled


def percent(view: RunView, progress: Mapping[str, Progress]) -> float:
    """Return how much of a run's steps is done, steps under way counted by their own progress."""
    steps = view.workflow.steps
    if view.run.status is RunStatus.SUCCEEDED or not steps:
        return 100.0 if view.run.status.ended else 0.0
    done = sum(
        1.0 if _settled(view.run, step.id) else share(progress.get(step.id)) for step in steps
    )
    return min(99.0, 100 * done / len(steps))


def share(progress: Progress | None) -> float:
    """Return how far a call is, from 0 to 1; 0 when it does not say of how much."""
    if progress is None or not progress.total or progress.total <= 0:
        return 0.0
    return min(1.0, max(0.0, progress.done / progress.total))


def explain(view: RunView, step: Step, progress: Progress | None = None) -> Remark:
    """Return what there is to say about a step, as one line; empty when nothing."""
    state = view.run.state(step.id)
    match state.status:
        case StepStatus.SUCCEEDED | StepStatus.FAILED | StepStatus.DENIED | StepStatus.SKIPPED:
            return (_explain_settled(state),)
        case StepStatus.RETRYING if state.wake_at:
            why = flat(state.error, 120).rstrip(".")
            failed = f"Attempt {state.tries} failed ({why})"
            return (f"{failed}; trying again at ", state.wake_at, ".")
        case StepStatus.WAITING if state.wake_at:
            return ("Resting until ", state.wake_at, ".")
        case StepStatus.ASKING_APPROVAL | StepStatus.ASKING_PERSON | StepStatus.DOUBTED:
            return (f"{_ASKING[state.status].word}.",)
    words = _explain_progress(progress)
    return (words,) if words else ()


def _explain_settled(state: StepState) -> str:
    took = _after(state)
    match state.status:
        case StepStatus.SUCCEEDED:
            return f"Done{took}."
        case StepStatus.SKIPPED:
            return f"Left out. {flat(state.error, 120)}".strip()
        case StepStatus.DENIED:
            return f"Denied. {flat(state.error, 120)}".strip()
    return f"Failed{took}: {flat(state.error, 160)}"


def _after(state: StepState) -> str:
    if state.started_at is None or state.ended_at is None:
        return ""
    took = state.ended_at - state.started_at
    return f" after {show(took)}" if took >= timedelta(seconds=1) else ""


def _explain_progress(progress: Progress | None) -> str:
    if progress is None:
        return ""
    message = flat(progress.message, 120)
    if not progress.total:
        return message
    return f"{bar(100 * share(progress), 5)} {message}".strip()


def left(view: RunView) -> str:
    """Return how long a run still takes, or for whom it waits; empty when there is nothing to say."""
    run = view.run
    if run.status.ended:
        return ""
    if run.status is RunStatus.PAUSED:
        return f"Paused by {person(run.paused_by)}" if run.paused_by else "Paused"
    if waits := waiting_for(view):
        return waits
    return f"{about(view.left)} left" if view.left is not None else ""


def waiting_for(view: RunView) -> str:
    """Return for whom a run waits, in a few words, or nothing while it does not."""
    for state in view.run.steps.values():
        match state.status:
            case StepStatus.ASKING_APPROVAL if state.approval:
                return f"Waiting for a yes from {role_words(state.approval.rule.role)}"
            case StepStatus.ASKING_PERSON:
                return "Waiting for an answer in this thread"
            case StepStatus.DOUBTED:
                return "Waiting for a word on what happened"
    return ""


def role_words(role: str) -> str:
    """Return a role as a person: `an approver`."""
    return f"{'an' if role[:1] in 'aeiou' else 'a'} {role}"


def settled_steps(view: RunView) -> str:
    """Return how many steps are through: `3 of 7 steps`."""
    done = sum(1 for step in view.workflow.steps if _settled(view.run, step.id))
    return f"{done} of {count(len(view.workflow.steps), 'step')}"


def took(run: Run) -> str:
    """Return how long an ended run took."""
    return show(run.ended_at - run.started_at) if run.ended_at else ""
