"""Where a run and its steps are, as a sign and a word: what cards, lists and the plan agree on."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from blocks.wording import about, count, line, person, safe, spent
from opstream.domain.history import REPLY
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


_WAITING_FOR_REPLY = Sign("🙋", "Waiting for a reply")
WAITING_FOR_PERSON = Sign("🙋", "Waiting for a person")
_RUN_SIGNS = {
    RunStatus.QUEUED: Sign("⏳", "Queued"),
    RunStatus.ACTIVE: Sign("🔄", "Running"),
    RunStatus.PAUSED: Sign("⏸️", "Paused"),
    RunStatus.STOPPING: Sign("↩️", "Undoing"),
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
WAITING = frozenset({_WAITING_FOR_REPLY.word, *(one.word for one in _ASKING.values())})
"""Words for runs that wait for somebody."""
_STAGES = {
    StepStatus.SCHEDULED: Stage.IN_PROGRESS,
    StepStatus.RETRYING: Stage.IN_PROGRESS,
    StepStatus.WAITING: Stage.IN_PROGRESS,
    StepStatus.ASKING_APPROVAL: Stage.IN_PROGRESS,
    StepStatus.ASKING_PERSON: Stage.IN_PROGRESS,
    StepStatus.DOUBTED: Stage.IN_PROGRESS,
    StepStatus.LOOPING: Stage.IN_PROGRESS,
    StepStatus.RUNNING_CHILD: Stage.IN_PROGRESS,
    StepStatus.APPROVED: Stage.IN_PROGRESS,
    StepStatus.SUCCEEDED: Stage.COMPLETE,
    StepStatus.SKIPPED: Stage.COMPLETE,
    StepStatus.FAILED: Stage.ERROR,
    StepStatus.DENIED: Stage.ERROR,
}


def run_sign(run: Run) -> Sign:
    """Return where a run is; what it waits for says more than that it runs."""
    if run.status in (RunStatus.ACTIVE, RunStatus.STOPPING):
        for state in run.open.values():
            if state.asks_now:
                return _ASKING[StepStatus.ASKING_PERSON]
            if state.status in _ASKING:
                return _ASKING[state.status]
            if state.status is StepStatus.WAITING and state.topic == REPLY:
                return _WAITING_FOR_REPLY
    return _RUN_SIGNS[run.status]


def summary_sign(summary: RunSummary) -> Sign:
    """Return where a run in a list is."""
    if summary.status is RunStatus.ACTIVE and summary.waits_for_person:
        return WAITING_FOR_PERSON
    return _RUN_SIGNS[summary.status]


def stage(view: RunView, step: Step) -> Stage:
    """Return the state of a step in the plan.

    A call that only reads leaves no trace before it ends. A view that does not know which calls are
    being made counts a step as under way as soon as all that it needs is settled.
    """
    if perhaps_done(view.run, step.id):
        return Stage.ERROR
    found = _STAGES.get(view.run.state(step.id).status, Stage.PENDING)
    if step.id in view.under_way or (not view.under_way and _is_next(view.run, step)):
        found = Stage.IN_PROGRESS
    return Stage.PENDING if view.run.status.ended and found is Stage.IN_PROGRESS else found


def _is_next(run: Run, step: Step) -> bool:
    ready = all(_settled(run, need) for need in step.needs)
    pending = run.state(step.id).status is StepStatus.PENDING
    return pending and ready and run.status is RunStatus.ACTIVE


def asking_sign(state: StepState) -> Sign | None:
    """Return what a step waits for from people, or None when it does not."""
    return _ASKING.get(state.status)


def perhaps_done(run: Run, step_id: str) -> bool:
    """Return whether a change was being made when its run ended, so that nobody knows of it."""
    return run.status.ended and run.state(step_id).status is StepStatus.SCHEDULED


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


def doubts(view: RunView) -> list[str]:
    """Return as mrkdwn which changes were being made when a run ended, one line each."""
    return [
        f"⚠️ *{line(step.title or step.id, 150)}* was under way when the run ended, and may have "
        "taken effect. Please check."
        for step in view.workflow.steps
        if perhaps_done(view.run, step.id)
    ]


def step_at(view: RunView, path: str) -> Step | None:
    """Return the step of a path, inner ones too; None when the workflow has none there."""
    with suppress(KeyError):
        return view.workflow.step(path)
    return None


def left(view: RunView) -> str:
    """Return how long a run still takes, or for whom it waits; empty when there is nothing to say."""
    run = view.run
    if run.status.ended:
        return ""
    if run.status is RunStatus.QUEUED:
        return "begins as soon as there is room"
    if run.status is RunStatus.PAUSED:
        return f"Paused by {person(run.paused_by)}" if run.paused_by else "Paused"
    if waits := waiting_for(view):
        return waits
    return f"{about(view.left)} left" if view.left is not None else ""


def spread(view: RunView) -> str:
    """Return how sure the time left is, to go behind it; empty when it is as good as exact."""
    if view.left_low is None or view.left_high is None:
        return ""
    low, high = about(view.left_low), about(view.left_high).removeprefix("about ")
    if low.removeprefix("about ") == high:
        return ""
    return f", nine times out of ten between {low.removeprefix('about ')} and {high}"


def waiting_for(view: RunView) -> str:
    """Return who is asked while a run waits, beside the sign that says what for; else nothing."""
    for state in view.run.open.values():
        if state.asks_now:
            return "an operator may answer in the thread"
        match state.status:
            case StepStatus.WAITING if state.topic == REPLY:
                return "anybody may reply in the thread"
            case StepStatus.ASKING_APPROVAL if state.approval:
                return f"{role_words(state.approval.rule.role)} is asked in the thread"
            case StepStatus.ASKING_PERSON | StepStatus.DOUBTED:
                return "an operator may answer in the thread"
    return ""


def role_words(role: str) -> str:
    """Return a role as a person: `an approver`."""
    return f"{'an' if role[:1] in 'aeiou' else 'a'} {role}"


def settled_steps(view: RunView) -> str:
    """Return how many steps are through, and well: `3 of 7 steps`."""
    states = [view.run.state(step.id).status for step in view.workflow.steps]
    done = sum(_STAGES.get(status) is Stage.COMPLETE for status in states)
    return f"{done} of {count(len(view.workflow.steps), 'step')}"


def ended_by(run: Run) -> str:
    """Return who ended a run, as ` by @Ana`; empty when it ended by itself."""
    return f" by {person(run.ended_by)}" if run.ended_by and run.status.ended else ""


def reason(run: Run, limit: int = 900) -> str:
    """Return why a run ended, as mrkdwn; a person's words are quoted. Empty when nobody said why."""
    if not run.reason or run.ended_by is None:
        return safe(run.reason, limit)
    unsaid = f"Cancelled by {run.ended_by.name}."
    return "" if run.reason == unsaid else f"“{safe(run.reason, limit)}”"


def took(run: Run) -> str:
    """Return how long an ended run took."""
    return spent(run.ended_at - run.started_at) if run.ended_at else ""
