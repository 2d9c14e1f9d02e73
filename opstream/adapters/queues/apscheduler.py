"""Looks at runs, dispatched by APScheduler in this process; satisfies the port `RunQueue`.

One job looks at all runs that were put since the last one, so that doubles fall together and a thousand
runs cost one job. Jobs live in memory only: the database is the truth, and start-up and the sweep of the
timetable bring back every run that matters.

- At most so many runs are advanced at once; the others wait for a slot.
- A look at a run that is being advanced already needs no slot: it is how whoever changed the run nudges.
- A look that fails is logged and repeated, each time later; one that ends well forgets the failures.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.asyncio import (  # type: ignore[import-untyped] # it ships no types
    AsyncIOScheduler,
)

from opstream.adapters.clock import SystemClock

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
    """

    def __init__(self, *, at_once: int = 512, first_wait: timedelta = timedelta(seconds=1)) -> None:
        self._scheduler = _new_scheduler()
        self._clock = SystemClock()  # the one APScheduler goes by
        self._slots = asyncio.Semaphore(at_once)
        self._first_wait = first_wait
        self._advance: Callable[[str], Awaitable[None]] = _nobody
        self._wanted: dict[str, None] = {}  # an ordered set: who was put first is looked at first
        self._waiting: set[str] = set()  # for a slot
        self._under_way: Counter[str] = Counter()  # by run, the calls of `advance` under way
        self._looks: set[asyncio.Task[None]] = set()
        self._failures: Counter[str] = Counter()
        self._repeats: dict[str, asyncio.TimerHandle] = {}
        self._stopped = False

    def bind(self, advance: Callable[[str], Awaitable[None]]) -> None:
        """Say what looks at a run."""
        self._advance = advance

    def start(self) -> None:
        """Begin to look; what was put before is looked at now."""
        self._scheduler.start()

    def set_alarm(self, wait: timedelta, ring: Callable[[], Awaitable[None]]) -> None:
        """Have something done after a while, in place of what the alarm was set for before."""
        when = self._clock.now() + wait
        self._scheduler.add_job(ring, "date", run_date=when, id=_ALARM, replace_existing=True)

    def put(self, run_id: str) -> None:
        """Ask for a look at a run, soon. To be called in the event loop."""
        if self._stopped or run_id in self._waiting:
            return
        if (repeat := self._repeats.pop(run_id, None)) is not None:
            repeat.cancel()
        if not self._wanted:
            self._scheduler.add_job(self._look_at_wanted, id=_LOOKS, replace_existing=True)
        self._wanted[run_id] = None

    def is_busy(self, run_id: str) -> bool:
        """Whether a run is being advanced, or waits for a slot."""
        return run_id in self._under_way or run_id in self._waiting

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Begin nothing new, let the looks under way end for a while, then cancel them."""
        self._stopped = True
        for repeat in self._repeats.values():
            repeat.cancel()
        if self._scheduler.running:
            self._scheduler.pause()
        if self._looks:
            await asyncio.wait(self._looks, timeout=grace.total_seconds())
        left = list(self._looks)
        for look in left:
            look.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # APScheduler shuts down in the loop's next round

    async def _look_at_wanted(self) -> None:
        wanted, self._wanted = self._wanted, {}
        for run_id in wanted:
            look = asyncio.create_task(self._look(run_id), name=run_id)
            self._looks.add(look)
            look.add_done_callback(self._ended)

    async def _look(self, run_id: str) -> None:
        if run_id in self._waiting or self._stopped:
            return
        if run_id in self._under_way:
            await self._advance_counted(run_id)
        else:
            await self._whole_look(run_id)

    async def _whole_look(self, run_id: str) -> None:
        self._waiting.add(run_id)
        try:
            await self._slots.acquire()
        finally:
            self._waiting.discard(run_id)
        try:
            await self._advance_counted(run_id)
        finally:
            self._slots.release()
        self._failures.pop(run_id, None)

    async def _advance_counted(self, run_id: str) -> None:
        self._under_way[run_id] += 1
        try:
            await self._advance(run_id)
        finally:
            self._under_way[run_id] -= 1
            if not self._under_way[run_id]:
                del self._under_way[run_id]

    def _ended(self, look: asyncio.Task[None]) -> None:
        self._looks.discard(look)
        if not look.cancelled() and (error := look.exception()) is not None:
            self._repeat_later(look.get_name(), error)

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
