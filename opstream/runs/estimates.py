"""Time left of a run: the longest path through what is still to do, from how long it took before."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from opstream.domain import durations
from opstream.domain.run import Run
from opstream.domain.workflow import Step, Wait, Workflow

Seconds = Mapping[str, Sequence[float]]


def left(workflow: Workflow, run: Run, before: Seconds, now: datetime) -> timedelta | None:
    """Return the time left while no person is waited for, or None when nothing is known of it.

    Args:
        before: By step, seconds it took in earlier runs of this workflow.
    """
    ends: dict[str, float] = {}
    known = False
    for step in workflow.steps:
        expected = _expected(step, before)
        known = known or expected is not None
        begun = max((ends.get(need, 0.0) for need in step.needs), default=0.0)
        ends[step.id] = begun + _rest(step, run, expected, now)
    if not known or run.status.ended:
        return None
    return timedelta(seconds=max(ends.values(), default=0.0))


def _expected(step: Step, before: Seconds) -> float | None:
    if samples := before.get(step.id):
        return median(samples)
    if isinstance(step.work, Wait) and isinstance(step.work.duration, str):
        planned = durations.parse(step.work.duration)
        return planned.total_seconds() if planned else None
    return None


def _rest(step: Step, run: Run, expected: float | None, now: datetime) -> float:
    state = run.state(step.id)
    if state.settled:
        return 0.0
    if state.wake_at is not None and state.approval is None and not state.question:
        return max(0.0, (state.wake_at - now).total_seconds())
    spent = (now - state.started_at).total_seconds() if state.started_at else 0.0
    return max(0.0, (expected or 0.0) - spent)
