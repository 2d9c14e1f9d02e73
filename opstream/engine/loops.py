"""Steps done for each item of a list: how far the loop is, and what becomes of it. Pure."""

from dataclasses import replace
from datetime import datetime

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.growing import Growing
from opstream.domain.run import SETTLED, Run, StepState, StepStatus
from opstream.engine import verdicts

MOST_ITEMS = 10_000
_LEFT = "The loop that it stands in has failed."


def began(run: Run, fact: h.LoopBegan) -> Run:
    """Return the run with a loop whose first items are under way."""
    first = min(fact.at_once, len(fact.items))
    state = replace(
        run.state(fact.step),
        status=StepStatus.LOOPING,
        started_at=run.state(fact.step).started_at or fact.at,
        items=fact.items,
        begun=first,
        active=tuple(range(first)),
        results=Growing(),
        wake_at=None,
    )
    return run.with_step(fact.step, state)


def item_ended(run: Run, fact: h.ItemEnded) -> Run:
    """Return the run with one item through; the next one takes its place."""
    state = run.state(fact.step)
    active = tuple(index for index in state.active if index != fact.index)
    begun = state.begun
    if begun < len(state.items):
        active, begun = (*active, begun), begun + 1
    results = state.results.plus(fact.index, fact.result)
    return run.with_step(fact.step, replace(state, active=active, begun=begun, results=results))


def abandoned(run: Run, loop: str, at: datetime) -> Run:
    """Return the run with a loop's open steps closed, but for what may go on one day.

    That are loops inside, with their finished items, and writes that may have happened.
    """
    for path, state in run.open.items():
        if any(around == loop for around, _ in paths.items(path)):
            run = run.with_step(path, _left(state, at))
    return run


def _left(state: StepState, at: datetime) -> StepState:
    if state.perhaps_done or state.status is StepStatus.LOOPING:
        return replace(state, wake_at=None)
    state = verdicts.closed(state, at)
    return replace(state, status=StepStatus.SKIPPED, error=_LEFT, ended_at=at, wake_at=None)


def was_left(state: StepState) -> bool:
    """Return whether a step was closed because its loop had failed, not because nobody wanted it."""
    return state.status is StepStatus.SKIPPED and state.error == _LEFT


def reopened(state: StepState, index: int) -> StepState:
    """Return a loop that is through, or failed, and goes on because of one item."""
    if index >= state.begun or state.status not in (*SETTLED, StepStatus.LOOPING):
        return state
    return replace(
        state,
        status=StepStatus.LOOPING,
        active=tuple(sorted({*state.active, index})),
        results=Growing({one: result for one, result in state.results.items() if one != index}),
        tries=0,
        ended_at=None,
        output=None,
        error="",
    )
