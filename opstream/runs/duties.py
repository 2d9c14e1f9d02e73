"""What an ended run still owes to others: done once each, however often it is tried.

A run whose duties are not done keeps its mark of having work, so that a process that starts, or sweeps,
looks at it again. Doing a duty twice changes nothing.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from opstream.definitions import links
from opstream.domain import history as h
from opstream.domain.history import Outcome
from opstream.domain.run import Run, RunStatus
from opstream.engine.timely import is_timely
from opstream.errors import NotFound, RunMovedOn
from opstream.ports import Clock, RunQueue, RunStore
from opstream.runs import ids, rules
from opstream.runs.journal import Journal, Loaded


class Duty(Protocol):
    """Something to be done when a run has ended, or is being stopped."""

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether there may be something to do; quick, as every run is asked."""

    async def do(self, loaded: Loaded) -> None:
        """Do it.

        Raises:
            StoreUnavailable: the database does not answer; the duty remains.
        """


def due(duties: Sequence[Duty], loaded: Loaded) -> Sequence[Duty]:
    """Return which duties a run has now."""
    status = loaded.run.status
    if not status.ended and status is not RunStatus.STOPPING:
        return ()
    return [one for one in duties if one.is_due(loaded)]


class TellParent:
    """Tells the step that started a run how it ended."""

    def __init__(self, journal: Journal, queue: RunQueue, clock: Clock) -> None:
        self._journal = journal
        self._queue = queue
        self._clock = clock

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether a run has ended that another one waits for."""
        return loaded.run.parent is not None and loaded.run.outcome is not None

    async def do(self, loaded: Loaded) -> None:
        """Append the end to the other run's history, unless it knows or does not care any more."""
        run = loaded.run
        if run.parent is None or run.outcome is None:
            return
        now, step = self._clock.now(), run.parent.step
        ended = h.ChildEnded(now, step, run.id, run.outcome, run.result, run.reason)
        started = h.ChildStarted(now, step, run.id)

        def news(parent: Run) -> Sequence[h.Fact]:
            if is_timely(parent, ended):
                return (ended,)
            # It may have ended before the other one, or whoever took that over, could write that it began.
            is_its = run.id == ids.of_child(parent.id, step, parent.state(step).attempt)
            return (started, ended) if is_its and is_timely(parent, started) else ()

        await _append(self._journal, self._queue, run.parent.run, news)


class CancelChildren:
    """Cancels what a run started, and that nobody waits for any more.

    The store is asked for it, not the run: a run may have been cancelled between the beginning of another
    one and the `ChildStarted` that would tell of it.
    """

    def __init__(self, store: RunStore, journal: Journal, queue: RunQueue, clock: Clock) -> None:
        self._store = store
        self._journal = journal
        self._queue = queue
        self._clock = clock

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether a run may have left others running."""
        begun = any(state.child is not None for state in loaded.run.steps.values())
        return begun or bool(links.run_by(loaded.workflow.steps))

    async def do(self, loaded: Loaded) -> None:
        """Cancel them; one that has ended is left alone."""
        for child in await self._store.children(loaded.run.id):
            await self._cancel(child, loaded.run)

    async def _cancel(self, child: str, parent: Run) -> None:
        reason = f"The run `{parent.id}` that wanted it has ended."
        while True:
            try:
                loaded = await self._journal.load(child)
            except NotFound:
                return
            if loaded.run.status.ended or loaded.run.status is RunStatus.STOPPING:
                return
            facts = rules.end(loaded, Outcome.CANCELLED, reason, parent.by, self._clock.now())
            try:
                await self._journal.append(loaded, facts)
            except RunMovedOn:
                continue
            self._queue.put(child)
            return


async def _append(
    journal: Journal, queue: RunQueue, run_id: str, news: Callable[[Run], Sequence[h.Fact]]
) -> None:
    """Append to another run what is news to it as it stands, if anything is."""
    while True:
        try:
            loaded = await journal.load(run_id)
        except NotFound:
            return
        if not (facts := news(loaded.run)):
            return
        try:
            await journal.append(loaded, facts)
        except RunMovedOn:
            continue
        queue.put(run_id)
        return
