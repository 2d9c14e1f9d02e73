"""One alarm for all sleepers, and the sweep that needs no alarm; satisfies the port `Timetable`.

When the alarm rings, the store is asked which runs are due, and the alarm is set for the next one. The
sweep asks the same every minute, counted by the loop's own clock: a clock that was set back, a process
that was frozen, or a hint that was lost delays nobody by more than that. It also looks at every run that
is not known to rest and that nobody is at work on; the first sweep is how a starting process finds what
it must go on with.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from opstream.errors import StoreUnavailable
from opstream.ports import Clock, RunStore

log = structlog.get_logger(__name__)

_BREATH = 100  # hints given between two turns of the event loop


class Looks(Protocol):
    """What the timetable wants of a `RunQueue`, and a little more."""

    def put(self, run_id: str) -> None:
        """Ask for a look at a run, soon."""

    def is_busy(self, run_id: str) -> bool:
        """Whether a run is being advanced, or waits for a slot."""

    def set_alarm(self, wait: timedelta, ring: Callable[[], Awaitable[None]]) -> None:
        """Have something done after a while, in place of what the alarm was set for before."""


class SchedulerTimetable:
    """Wakes runs when their time has come."""

    def __init__(
        self,
        looks: Looks,
        runs: RunStore,
        clock: Clock,
        *,
        sweep_every: timedelta = timedelta(seconds=60),
    ) -> None:
        self._runs = runs
        self._looks = looks
        self._clock = clock
        self._sweep_every = sweep_every
        self._alarm: datetime | None = None
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with a sweep, then sweep again and again."""
        self._sweeping = asyncio.create_task(self._keep_sweeping(), name="timetable-sweep")

    async def stop(self) -> None:
        """End the sweeping; the alarm ends with the scheduler."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeping

    def wake_at(self, when: datetime) -> None:
        """Make sure that the sleepers are looked at no later than then. To be called in the loop."""
        if self._alarm is not None and self._alarm <= when:
            return
        self._alarm = when
        self._looks.set_alarm(max(when - self._clock.now(), timedelta()), self._ring)

    async def _ring(self) -> None:
        self._alarm = None
        await _tolerantly(self._wake())

    async def _keep_sweeping(self) -> None:
        while True:
            await _tolerantly(self.sweep())
            await asyncio.sleep(self._sweep_every.total_seconds())

    async def sweep(self) -> None:
        """Look at every run that is due or may have something to do.

        Raises:
            StoreUnavailable: the database cannot be asked now; the next sweep will.
        """
        self._alarm = None  # a clock that was set back may have left it too far away
        await self._wake()
        unfinished = await self._runs.unfinished()
        await self._look_at(one for one in unfinished if not self._looks.is_busy(one))

    async def _wake(self) -> None:
        now = self._clock.now()
        # Also those that are being advanced: one branch may sleep while another one works.
        await self._look_at(await self._runs.due(now))
        # After now: a run that is due and slow to move must not hide the ones that come later.
        following = await self._runs.next_wake(after=now)
        if following is not None:
            self.wake_at(following)

    async def _look_at(self, run_ids: Iterable[str]) -> None:
        for count, run_id in enumerate(run_ids, start=1):
            self._looks.put(run_id)
            if count % _BREATH == 0:
                await asyncio.sleep(0)


async def _tolerantly(look: Awaitable[None]) -> None:
    """Do without an answer while the database has none: the next sweep asks again."""
    try:
        await look
    except StoreUnavailable as error:
        log.warning("timetable_waits", reason=str(error))
