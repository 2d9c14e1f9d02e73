"""The only loop: history -> decide -> perform -> append, until the run must wait.

One turn advances one run as far as it can go. Facts that follow from others without the outside
world share their commit (`engine/settle.py`). Calls are tasks of the turn; each is appended as soon
as it ends, so that branches do not wait for each other. Whoever changes a run from outside commits
first and then asks for a look: the turn loads the run again and goes on from what it finds. While the
database takes or gives nothing, a turn waits with what it knows (`patience.py`).
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from opstream.domain import history as h
from opstream.domain.effects import Work
from opstream.domain.run import Run
from opstream.engine import undoing
from opstream.engine.settle import Settled, settle
from opstream.errors import NotOwner, RunMovedOn
from opstream.ports import Clock, Messenger
from opstream.runs.duties import Duty, due
from opstream.runs.journal import Journal, Loaded
from opstream.runs.patience import insist
from opstream.runs.performers import Performer, Task
from opstream.runs.views import Views

log = structlog.get_logger(__name__)

_AGAIN_SECONDS = 1.0


@dataclass(slots=True)
class _Turn:
    """What a run under way holds in memory; all of it can be lost.

    Args:
        epoch: Of the claim under which it is taken forward; under another one, none of this counts.
    """

    epoch: int
    calls: dict[str, asyncio.Task[h.Fact]] = field(default_factory=dict)
    announced: set[tuple[str, int]] = field(default_factory=set)
    look_again: bool = False
    nudged: "asyncio.Future[None] | None" = None  # there while somebody waits for the calls

    def nudge(self) -> None:
        """Have the turn load the run again as soon as it can."""
        self.look_again = True
        if self.nudged is not None and not self.nudged.done():
            self.nudged.set_result(None)

    @property
    def busy(self) -> frozenset[str]:
        return frozenset(self.calls)


class Runner:
    """Advances runs; at most one turn a run at a time."""

    def __init__(
        self,
        journal: Journal,
        performer: Performer,
        views: Views,
        messenger: Messenger,
        clock: Clock,
        duties: Sequence[Duty] = (),
    ) -> None:
        self._journal = journal
        self._performer = performer
        self._views = views
        self._messenger = messenger
        self._clock = clock
        self._duties = duties
        self._turns: dict[str, _Turn] = {}

    async def advance(self, run_id: str) -> None:
        """Take a run as far as it can go; a second call while it is under way is a nudge."""
        if (under_way := self._turns.get(run_id)) is not None:
            under_way.nudge()
            return
        turn = self._turns[run_id] = _Turn(self._journal.epoch(run_id))
        try:
            await self._take(run_id, turn)
        except NotOwner:
            log.info("run_taken_over", run=run_id)
        finally:
            del self._turns[run_id]
            await _stop(turn.calls.values())

    async def _take_up(self, run_id: str) -> Loaded:
        return await insist(run_id, partial(self._journal.take_up, run_id))

    async def _take_up_again(
        self, run_id: str, turn: _Turn, facts: list[h.Fact]
    ) -> tuple[Loaded, list[h.Fact]]:
        """Load a run that moved on, and return it with those facts that still count.

        Calls may start from what is found without a commit that would be refused to who has lost the
        run. So it has to be ours before it is loaded; and if it was not in between, others may have made
        the same calls: this turn's are given up, and it begins anew.
        """
        epoch = await insist(run_id, partial(self._journal.still_ours, run_id))
        if epoch != turn.epoch:
            lost = list(turn.calls.values())
            if lost:
                log.info("run_regained", run=run_id, calls_given_up=len(lost))
            turn.calls.clear()
            turn.announced.clear()
            turn.epoch, facts = epoch, []
            await _stop(lost)
        return await self._take_up(run_id), facts

    async def _take(self, run_id: str, turn: _Turn) -> None:
        loaded = await self._take_up(run_id)
        facts: list[h.Fact] = []
        while True:
            loaded = await self._append(loaded, facts, turn)
            await self._show(loaded, turn)
            if (
                loaded.run.status.ended
            ):  # what nobody waits for any more ends before others are told
                await _stop([turn.calls.pop(step) for step in list(turn.calls)])
            await self._do_duties(loaded)
            if loaded.run.status.ended and not turn.look_again:  # it may go on again by now
                return
            facts = await self._next_facts(turn)
            if turn.look_again:
                turn.look_again = False
                loaded, facts = await self._take_up_again(run_id, turn, facts)
            elif not facts:
                return

    async def _append(self, loaded: Loaded, facts: list[h.Fact], turn: _Turn) -> Loaded:
        """Commit facts with all that follows from them, and start the calls that are due."""
        while True:
            now = self._clock.now()
            await _stop_what_is_not_wanted(loaded.run, turn)
            settled = settle(loaded.workflow, loaded.run, facts, now, turn.busy)
            rests = not settled.calls and not turn.busy and not self._owes(loaded, settled)
            append = partial(
                self._journal.append_settled, loaded, settled, rests=rests, epoch=turn.epoch
            )
            try:
                loaded = await insist(loaded.run.id, append)
            except RunMovedOn:
                loaded, facts = await self._take_up_again(loaded.run.id, turn, facts)
                continue
            turn.announced |= {
                (fact.step, fact.attempt)
                for fact in settled.facts
                if isinstance(fact, h.StepScheduled)
            }
            self._start(loaded, settled.calls, turn)
            return loaded

    def _owes(self, loaded: Loaded, settled: Settled) -> bool:
        return bool(due(self._duties, Loaded(loaded.workflow, settled.run)))

    async def _do_duties(self, loaded: Loaded) -> None:
        """Do what a run owes to others now that it has ended, or is being stopped."""
        duties = due(self._duties, loaded)
        for duty in duties:
            await insist(loaded.run.id, partial(duty.do, loaded))
        if duties and loaded.run.status.ended:
            await insist(loaded.run.id, partial(self._journal.rests, loaded))

    def _start(self, loaded: Loaded, calls: Iterable[Work], turn: _Turn) -> None:
        for effect in calls:
            announced = (effect.step, effect.attempt) in turn.announced
            task = Task(loaded.workflow, loaded.run, effect, announced)
            name = f"{loaded.run.id}:{effect.step}"
            turn.calls[effect.step] = asyncio.create_task(self._perform(task), name=name)

    async def _next_facts(self, turn: _Turn) -> list[h.Fact]:
        """Wait until a call ends or somebody nudges; empty when nothing is under way."""
        if not turn.calls:
            return []
        if not turn.look_again:
            turn.nudged = asyncio.get_running_loop().create_future()
            awaited: list[asyncio.Future[Any]] = [*turn.calls.values(), turn.nudged]
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            turn.nudged = None
        ended = [step for step, task in turn.calls.items() if task.done()]
        return [turn.calls.pop(step).result() for step in ended]

    async def _perform(self, task: Task) -> h.Fact:
        effect = task.effect
        try:
            return await self._performer.perform(task)
        except Exception as error:  # a bug in a tool's adapter must not stop a run
            log.exception("call_broke", run=task.run.id, step=effect.step)
            now = self._clock.now()
            said = f"OpStream itself failed here ({type(error).__name__})."
            known = not task.run.state(effect.step).perhaps_done
            return h.StepFailed(now, effect.step, said, "bug", now, None, known, effect.attempt)

    async def _show(self, loaded: Loaded, turn: _Turn) -> None:
        view = await insist(loaded.run.id, partial(self._views.of, loaded, turn.busy))
        self._messenger.show(view)
        if loaded.run.status.ended:
            log.info("run_ended", run=loaded.run.id, status=loaded.run.status.value)


async def _stop_what_is_not_wanted(run: Run, turn: _Turn) -> None:
    """Cancel the calls that would begin something new in a run that is being undone, or undo one that is not."""
    unwanted = [
        step
        for step, call in turn.calls.items()
        if not undoing.is_wanted(run, step) and not call.done()
    ]
    await _stop([turn.calls.pop(step) for step in unwanted])
    # They may have had their effect: made once more, they would be repeated.
    turn.announced -= {one for one in turn.announced if one[0] in unwanted}


async def _stop(calls: Iterable[asyncio.Task[h.Fact]]) -> None:
    """Cancel calls that nobody waits for any more, and see them gone."""
    left = set(calls)
    while left:  # a library may swallow the word that comes at the same moment as its answer
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
