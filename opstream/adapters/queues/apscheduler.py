"""Looks at runs, dispatched by APScheduler in this process; satisfies the port `RunQueue`.

A job is one look at one run, under the run's id, so that doubles fall together. Jobs live in memory only:
the database is the truth, and start-up and the sweep of the timetable bring back every run that matters.

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
from apscheduler.events import (  # type: ignore[import-untyped] # it ships no types
    EVENT_JOB_ERROR,
    JobExecutionEvent,
)
from apscheduler.jobstores.memory import MemoryJobStore  # type: ignore[import-untyped] # as above
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped] # as above

from opstream.adapters.clock import SystemClock

log = structlog.get_logger(__name__)

_LOOKS = "looks"  # the job store of this queue; other jobs of the scheduler are not its business
_ALARM = "alarm"
_LONGEST_WAIT = timedelta(minutes=1)


def _new_scheduler() -> AsyncIOScheduler:
    """Return a scheduler that dispatches and nothing else.

    A job is never dropped for being late or for running already: whether there is something to do is
    decided when a run is looked at.
    """
    # APScheduler writes several lines a job, which cost more than the job; failures are told below.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)
    return AsyncIOScheduler(
        timezone=UTC,
        jobstores={"default": MemoryJobStore(), _LOOKS: MemoryJobStore()},
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
        self._waiting: set[str] = set()
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
        self._scheduler.add_listener(self._on_failure, EVENT_JOB_ERROR)
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
        self._scheduler.add_job(
            self._look, args=(run_id,), id=run_id, jobstore=_LOOKS, replace_existing=True
        )

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

    async def _look(self, run_id: str) -> None:
        if run_id in self._waiting or self._stopped:
            return
        task = asyncio.current_task()
        assert task is not None  # APScheduler runs each job as a task
        self._looks.add(task)
        try:
            if run_id in self._under_way:
                await self._advance_counted(run_id)
            else:
                await self._whole_look(run_id)
        finally:
            self._looks.discard(task)

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

    def _on_failure(self, event: JobExecutionEvent) -> None:
        if event.jobstore != _LOOKS or isinstance(event.exception, asyncio.CancelledError):
            return
        run_id = event.job_id
        self._failures[run_id] += 1
        doubled = self._first_wait * 2 ** min(self._failures[run_id] - 1, 10)
        wait = min(doubled, _LONGEST_WAIT)
        log.error(
            "look_failed",
            run=run_id,
            failures=self._failures[run_id],
            again_in_seconds=wait.total_seconds(),
            exc_info=event.exception,
        )
        if not self._stopped:
            loop = asyncio.get_running_loop()
            self._repeats[run_id] = loop.call_later(wait.total_seconds(), self._repeat, run_id)

    def _repeat(self, run_id: str) -> None:
        self._repeats.pop(run_id, None)
        self.put(run_id)


async def _nobody(run_id: str) -> None:
    raise RuntimeError(f"nobody was bound to look at {run_id!r}")
