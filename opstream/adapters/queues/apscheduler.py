"""Looks at runs, dispatched by APScheduler in this process; satisfies the port `RunQueue`.

One job looks at all runs that were put since the last one, so that doubles fall together and a thousand
runs cost one job. Jobs live in memory only: the database is the truth, and start-up and the sweep of the
timetable bring back every run that matters.

- At most so many runs are advanced at once; the others stand in line (`line.py`) for a slot.
- A look at a run that is being advanced already needs no slot: it is how whoever changed the run nudges.
- A look that fails is logged and repeated, each time later; one that ends well forgets the failures.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import (  # type: ignore[import-untyped] # it ships no types
    AsyncIOScheduler,
)

from opstream.adapters.clock import SystemClock
from opstream.adapters.queues.ending import end
from opstream.adapters.queues.line import Line

log = structlog.get_logger(__name__)

_LOOKS = "looks"
_ALARM = "alarm"
_LONGEST_WAIT = timedelta(minutes=1)


def _new_scheduler() -> AsyncIOScheduler:
    """Return a scheduler that dispatches and nothing else.

    A job is never dropped for being late or for running already: whether there is something to do is
    decided when a run is looked at.
    """
    # APScheduler writes several lines a job, which cost more than the job.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    return AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1_000_000},
    )


class SchedulerQueue:
    """Hints that runs want a look, and the looks themselves.

    Args:
        at_once: How many runs are advanced at once.
        first_wait: After a failed look; doubles with each further failure, up to a minute.

    Attributes:
        last_look_at: When a look ended last, or when the queue was made.
        on_room: Called whenever a slot has become free and nobody stands in line for it.
    """

    def __init__(self, *, at_once: int = 512, first_wait: timedelta = timedelta(seconds=1)) -> None:
        self._scheduler = _new_scheduler()
        self._clock = SystemClock()  # the one APScheduler goes by
        self._at_once = at_once
        self._taken = 0  # slots
        self._first_wait = first_wait
        self._advance: Callable[[str], Awaitable[None]] = _nobody
        self._wanted: dict[str, int] = {}  # by run, its priority; in the order of the first put
        self._line = Line()
        self._under_way: Counter[str] = Counter()  # by run, the calls of `advance` under way
        self._looks: set[asyncio.Task[None]] = set()
        self._alarms: set[asyncio.Task[None]] = set()
        self._failures: Counter[str] = Counter()
        self._repeats: dict[str, asyncio.TimerHandle] = {}
        self._stopped = False
        self.last_look_at: datetime = self._clock.now()
        self.on_room: Callable[[], None] = _nothing

    def bind(self, advance: Callable[[str], Awaitable[None]]) -> None:
        """Say what looks at a run."""
        self._advance = advance

    def start(self) -> None:
        """Begin to look; what was put before is looked at now."""
        self._scheduler.start()

    def set_alarm(self, wait: timedelta, ring: Callable[[], Awaitable[None]]) -> None:
        """Have something done after a while, in place of what the alarm was set for before."""
        when = self._clock.now() + wait
        self._scheduler.add_job(
            self._ring, "date", (ring,), run_date=when, id=_ALARM, replace_existing=True
        )

    async def _ring(self, ring: Callable[[], Awaitable[None]]) -> None:
        """Do what the alarm was set for in a task of ours: one of APScheduler's is cut off with an error."""

        async def do() -> None:
            await ring()

        task = asyncio.create_task(do(), name=_ALARM)
        self._alarms.add(task)
        task.add_done_callback(self._rang)

    def _rang(self, task: asyncio.Task[None]) -> None:
        self._alarms.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("alarm_broke", exc_info=error)

    def put(self, run_id: str, priority: int = 0) -> None:
        """Ask for a look at a run, soon. To be called in the event loop."""
        if self._stopped or self._line.has(run_id, priority):
            return
        if (repeat := self._repeats.pop(run_id, None)) is not None:
            repeat.cancel()
        if not self._wanted:
            self._scheduler.add_job(self._look_at_wanted, id=_LOOKS, replace_existing=True)
        self._wanted[run_id] = max(priority, self._wanted.get(run_id, priority))

    def take_up(self, run_id: str) -> None:
        """Ask for a look at a run that was left lying: in one process nobody else will."""
        self.put(run_id)

    def is_busy(self, run_id: str) -> bool:
        """Whether a run is being advanced, or waits for a slot."""
        return run_id in self._under_way or self._line.has(run_id)

    @property
    def under_way(self) -> int:
        """How many runs are being advanced."""
        return len(self._under_way)

    @property
    def waiting(self) -> int:
        """How many runs wait for a look."""
        return len(self._line) + len(self._wanted)

    @property
    def room(self) -> int:
        """How many more runs could be put and be looked at without standing in line."""
        return max(0, self._at_once - self._taken - self.waiting)

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> Sequence[str]:
        """Begin nothing new, let the looks under way end for a while, then cancel them.

        Returns:
            The runs that still wanted a look.
        """
        self._stopped = True
        for repeat in self._repeats.values():
            repeat.cancel()
        if self._scheduler.running:
            self._scheduler.pause()
            await asyncio.sleep(0)  # what APScheduler has just begun ends in this round
        if self._looks:
            await asyncio.wait(self._looks, timeout=grace.total_seconds())
        left = [*self._under_way, *self._line, *self._wanted, *self._repeats]
        await end([*self._looks, *self._alarms])
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # APScheduler shuts down in the loop's next round
        return list(dict.fromkeys(left))

    async def _look_at_wanted(self) -> None:
        if self._stopped:
            return
        wanted, self._wanted = self._wanted, {}
        for run_id, priority in wanted.items():
            if run_id in self._under_way:
                self._begin(run_id, self._looked)
            else:
                self._line.join(run_id, priority)
        self._fill_slots()

    def _fill_slots(self) -> None:
        while not self._stopped and self._taken < self._at_once:
            run_id = self._line.next()
            if run_id is None:
                self.on_room()
                return
            self._taken += 1
            self._begin(run_id, self._slot_freed)

    def _begin(self, run_id: str, ended: Callable[[str, asyncio.Task[None]], None]) -> None:
        self._under_way[run_id] += 1
        look = asyncio.create_task(self._advance_now(run_id), name=run_id)
        self._looks.add(look)
        look.add_done_callback(partial(ended, run_id))

    async def _advance_now(self, run_id: str) -> None:
        await self._advance(run_id)

    def _slot_freed(self, run_id: str, look: asyncio.Task[None]) -> None:
        self._taken -= 1
        if not look.cancelled() and look.exception() is None:
            self._failures.pop(run_id, None)
        self._looked(run_id, look)
        self._fill_slots()

    def _looked(self, run_id: str, look: asyncio.Task[None]) -> None:
        """Forget a look that has ended."""
        self._looks.discard(look)
        self._under_way[run_id] -= 1
        if not self._under_way[run_id]:
            del self._under_way[run_id]
        self.last_look_at = self._clock.now()
        if not look.cancelled() and (error := look.exception()) is not None:
            self._repeat_later(run_id, error)

    def _repeat_later(self, run_id: str, error: BaseException) -> None:
        self._failures[run_id] += 1
        doubled = self._first_wait * 2 ** min(self._failures[run_id] - 1, 10)
        wait = min(doubled, _LONGEST_WAIT)
        log.error(
            "look_failed",
            run=run_id,
            failures=self._failures[run_id],
            again_in_seconds=wait.total_seconds(),
            exc_info=error,
        )
        if not self._stopped:
            loop = asyncio.get_running_loop()
            self._repeats[run_id] = loop.call_later(wait.total_seconds(), self._repeat, run_id)

    def _repeat(self, run_id: str) -> None:
        self._repeats.pop(run_id, None)
        self.put(run_id)


async def _nobody(run_id: str) -> None:
    raise RuntimeError(f"nobody was bound to look at {run_id!r}")


def _nothing() -> None:
    """What follows from room in a process that takes no jobs from elsewhere."""
