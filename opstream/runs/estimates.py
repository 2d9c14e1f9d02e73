"""Time left of a run and of its steps, from how long the same took in earlier runs. Pure.

For each earlier run the longest path through what this run still has to do is walked with the durations
of that one run, so that steps which are slow together stay so. Only runs in which the steps under way took
longer than they have taken here by now have something to say. `ranges.py` turns what they say into a range.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from opstream.domain import durations
from opstream.domain.history import REPLY
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.time_left import TimeLeft
from opstream.domain.workflow import AskPerson, RequestApproval, Step, Wait, Workflow
from opstream.ports import StepTime
from opstream.runs import ranges
from opstream.runs.ranges import Range

Past = Sequence[Mapping[str, float]]
"""Seconds by step, one mapping for each earlier run, newest first."""

_RUNS = 40  # older ones say less about the next than they cost
_FEWEST = 5
_WALKS = 10_000  # steps walked for one estimate, so that a huge run does not hold up the others
_STEPS_SHOWN = 20
A_MOMENT = timedelta(milliseconds=100)
"""Less than this spent on a step is nothing."""

_FOR_PEOPLE = frozenset(
    {StepStatus.ASKING_APPROVAL, StepStatus.ASKING_PERSON, StepStatus.DOUBTED, StepStatus.APPROVED}
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of the time left.

    Args:
        run: Of the whole run, None while nothing is known.
        samples: Earlier runs that it rests on.
        steps: Of the steps that are under way or come soon, by id.
    """

    run: TimeLeft | None = None
    samples: int = 0
    steps: Mapping[str, TimeLeft] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Task:
    """A step that is still to be done.

    Args:
        planned: Seconds that it surely takes from now on; None when only the past can tell.
        spent: Seconds that it has taken by now.
        before: Seconds until it can be tried again.
    """

    id: str
    needs: tuple[str, ...]
    planned: float | None = None
    spent: float = 0.0
    before: float = 0.0

    def rest(self, past: Mapping[str, float]) -> float:
        """Return the seconds that it would still take if it took as long as in an earlier run."""
        if self.planned is not None:
            return self.planned
        return self.before + max(past.get(self.id, 0.0) - self.spent, 0.0)


def runs_for(workflow: Workflow) -> int:
    """Return how many earlier runs are looked at: fewer for a workflow of thousands of steps."""
    return max(_FEWEST, min(_RUNS, _WALKS // max(1, len(workflow.steps))))


def past(times: Sequence[StepTime]) -> Past:
    """Return what is known of earlier runs, run by run."""
    by_run: dict[str, dict[str, float]] = {}
    for one in times:
        by_run.setdefault(one.run, {})[one.step] = one.seconds
    return tuple(by_run.values())


def estimate(workflow: Workflow, run: Run, before: Past, now: datetime) -> Estimate:
    """Return the time left while no person is waited for."""
    if run.status not in (RunStatus.ACTIVE, RunStatus.PAUSED):
        return Estimate()
    tasks = [_task(step, run, now) for step in workflow.steps if not run.state(step.id).settled]
    if all(task.planned is not None for task in tasks):
        exact = _longest(tasks, {})
        return Estimate(_shown(Range(exact, exact, exact)), len(before))
    if len(before) < ranges.ENOUGH:
        return Estimate(samples=len(before))
    steps = {task.id: _of_step(task, before) for task in tasks[:_STEPS_SHOWN]}
    return Estimate(
        _shown(_of_run(tasks, before)),
        len(before),
        {step: _shown(found) for step, found in steps.items() if found is not None},
    )


def _of_run(tasks: Sequence[_Task], before: Past) -> Range:
    begun = [task for task in tasks if task.spent and any(task.id in one for one in before)]
    alike = [one for one in before if all(one.get(task.id, 0.0) > task.spent for task in begun)]
    if len(alike) >= ranges.ENOUGH:
        return ranges.of([_longest(tasks, one) for one in alike])
    return _outlived([_longest(tasks, one) for one in before], max(t.spent for t in begun))


def _of_step(task: _Task, before: Past) -> Range | None:
    if task.planned is not None:
        return Range(task.planned, task.planned, task.planned) if task.planned else None
    known = [one for one in before if task.id in one]
    alike = [task.rest(one) for one in known if one[task.id] > task.spent]
    if len(alike) >= ranges.ENOUGH:
        return ranges.of(alike)
    return _outlived([task.rest(one) for one in known], task.spent) if known else None


def _outlived(rests: Sequence[float], spent: float) -> Range:
    """Return the range for what has taken longer than ever: it may take that long once more."""
    usual = ranges.of(rests) if len(rests) >= ranges.ENOUGH else Range(rests[0], 0.0, rests[0])
    return Range(usual.likely + spent / 10, 0.0, usual.high + spent)


def _longest(tasks: Sequence[_Task], past: Mapping[str, float]) -> float:
    """Return the seconds of the longest path through what is to be done."""
    ends: dict[str, float] = {}
    for task in tasks:  # in an order in which every step comes after those that it needs
        begun = max((ends.get(need, 0.0) for need in task.needs), default=0.0)
        ends[task.id] = begun + task.rest(past)
    return max(ends.values(), default=0.0)


def _task(step: Step, run: Run, now: datetime) -> _Task:
    state = run.state(step.id)
    if _waits_for_person(step, state):
        return _Task(step.id, step.needs, planned=0.0)
    if isinstance(step.work, Wait):
        known = _planned_wait(step.work, state, now)
        if known is not None:
            return _Task(step.id, step.needs, planned=known)
    if state.status is StepStatus.RETRYING and state.wake_at is not None:
        return _Task(step.id, step.needs, before=_seconds(state.wake_at - now))
    spent = _spent(step, state, run, now)
    return _Task(step.id, step.needs, spent=spent if spent >= A_MOMENT.total_seconds() else 0.0)


def _waits_for_person(step: Step, state: StepState) -> bool:
    if isinstance(step.work, RequestApproval | AskPerson) or state.status is StepStatus.DOUBTED:
        return True
    return isinstance(step.work, Wait) and (step.work.reply or state.topic == REPLY)


def _planned_wait(wait: Wait, state: StepState, now: datetime) -> float | None:
    if wait.topic is not None:
        return None  # its `wake_at` says when it is given up
    if state.wake_at is not None:
        return _seconds(state.wake_at - now)
    if isinstance(wait.duration, str):
        planned = durations.parse(wait.duration)
        return planned.total_seconds() if planned is not None else None
    return None


def _spent(step: Step, state: StepState, run: Run, now: datetime) -> float:
    """Return how long a step has been at work, without the time in which it waited for a yes."""
    if state.status in _FOR_PEOPLE or run.status is not RunStatus.ACTIVE:
        return 0.0
    began = state.started_at
    if began is None:  # a read leaves no trace before it ends: it began when it could
        needed = [run.state(need) for need in step.needs]
        if not all(one.settled for one in needed):
            return 0.0
        began = max((one.ended_at for one in needed if one.ended_at), default=run.started_at)
    if state.approval is not None and state.approval.settled_at is not None:
        began = max(began, state.approval.settled_at)
    return _seconds(now - began)


def _seconds(duration: timedelta) -> float:
    return max(0.0, duration.total_seconds())


def _shown(found: Range) -> TimeLeft:
    return TimeLeft(
        timedelta(seconds=found.likely),
        timedelta(seconds=found.low),
        timedelta(seconds=found.high),
    )
