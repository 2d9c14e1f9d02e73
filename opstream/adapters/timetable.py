"""One alarm for all sleepers, and the sweep that needs no alarm; satisfies the port `Timetable`.

When the alarm rings, the store is asked which runs are due, and the alarm is set for the next one; whoever
else goes by the timetable (`Ticker`) is called and asked for its next time. The sweep does the same again
and again, counted by the loop's own clock: a clock that was set back, a process that was frozen, or a hint
that was lost delays nobody by more than that. It also looks at every run that is not known to rest and that
nobody is at work on; the first sweep is how a starting process finds what it must go on with.

Where several processes share a database, one is on duty: it wakes sleepers and calls tickers, and the
others tell it of alarms. Every one of them sweeps for runs that nobody is at work on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from opstream.adapters.queues.ending import end
from opstream.errors import StoreUnavailable
from opstream.ports import Clock, RunStore, Ticker

log = structlog.get_logger(__name__)

_BREATH = 100  # hints given between two turns of the event loop


class Looks(Protocol):
    """What the timetable wants of a `RunQueue`, and a little more."""

    def put(self, run_id: str, priority: int = 0) -> None:
        """Ask for a look at a run, soon."""

    def take_up(self, run_id: str) -> None:
        """Ask for a look at a run that was left lying, unless somebody else had better do it."""

    def is_busy(self, run_id: str) -> bool:
        """Whether a run is being advanced, or waits for a slot."""

    def set_alarm(self, wait: timedelta, ring: Callable[[], Awaitable[None]]) -> None:
        """Have something done after a while, in place of what the alarm was set for before."""


class Duty(Protocol):
    """Which process wakes the sleepers, where there are several."""

    @property
    def held(self) -> bool:
        """Whether it is this one."""

    def tell(self, when: datetime) -> None:
        """Have the one that does it set its alarm."""


class SchedulerTimetable:
    """Wakes runs when their time has come.

    Args:
        sweep_every: How long a hint that was lost may delay a run.
        duty: Who wakes the sleepers; None where there is but one process.
    """

    def __init__(
        self,
        looks: Looks,
        runs: RunStore,
        clock: Clock,
        *,
        sweep_every: timedelta = timedelta(seconds=60),
        duty: Duty | None = None,
    ) -> None:
        self._runs = runs
        self._looks = looks
        self._clock = clock
        self._sweep_every = sweep_every
        self._duty = duty
        self._tickers: list[Ticker] = []
        self._ticks: dict[Ticker, asyncio.Task[None]] = {}
        self._again: set[Ticker] = set()
        self._alarm: datetime | None = None
        self._sweeping: asyncio.Task[None] | None = None

    def also(self, ticker: Ticker) -> None:
        """Call somebody else, too, when their time has come; to be said before `start`."""
        self._tickers.append(ticker)

    async def start(self) -> None:
        """Begin with a sweep, then sweep again and again."""
        self._sweeping = asyncio.create_task(self._keep_sweeping(), name="timetable-sweep")

    async def stop(self) -> None:
        """End the sweeping and what tickers do; the alarm ends with the scheduler."""
        await end([*self._ticks.values(), *([self._sweeping] if self._sweeping else [])])

    def wake_at(self, when: datetime) -> None:
        """Make sure that the sleepers are looked at no later than then. To be called in the loop."""
        now = self._clock.now()
        if self._duty is not None and not self._duty.held:
            if self._alarm is None or not now < self._alarm <= when:  # nothing rings here
                self._alarm = when
                self._duty.tell(when)
        elif self._alarm is None or when < self._alarm:
            self._alarm = when
            self._looks.set_alarm(max(when - now, timedelta()), self._ring)

    @property
    def _on_duty(self) -> bool:
        return self._duty is None or self._duty.held

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
        left = (one for one in unfinished if not self._looks.is_busy(one))
        await _gently(self._looks.take_up, left)

    async def _wake(self) -> None:
        if not self._on_duty:
            return
        now = self._clock.now()
        # Also those that are being advanced: one branch may sleep while another one works.
        await _gently(self._looks.put, await self._runs.due(now))
        # After now: a run that is due and slow to move must not hide the ones that come later.
        following = await self._runs.next_wake(after=now)
        if following is not None:
            self.wake_at(following)
        for ticker in self._tickers:
            if ticker in self._ticks:
                self._again.add(ticker)  # it may have looked just before what this is about
            else:
                self._ticks[ticker] = asyncio.create_task(self._tick(ticker), name="tick")
                self._ticks[ticker].add_done_callback(_report)

    async def _tick(self, ticker: Ticker) -> None:
        """Call a ticker if it is time, and set the alarm for its next time."""
        try:
            await self._call(ticker)
            while ticker in self._again:
                self._again.discard(ticker)
                await self._call(ticker)
        except StoreUnavailable as error:
            log.warning("ticker_waits", reason=str(error))
        finally:
            self._again.discard(ticker)
            del self._ticks[ticker]

    async def _call(self, ticker: Ticker) -> None:
        wanted = await ticker.next_at()
        now = self._clock.now()  # after it said when: "now" is then a time that has come
        if wanted is not None and wanted <= now:
            await ticker.tick(now)
            wanted = await ticker.next_at()
        if wanted is not None and wanted > now:
            self.wake_at(wanted)


async def _gently(look: Callable[[str], None], run_ids: Iterable[str]) -> None:
    for count, run_id in enumerate(run_ids, start=1):
        look(run_id)
        if count % _BREATH == 0:
            await asyncio.sleep(0)


async def _tolerantly(look: Awaitable[None]) -> None:
    """Do without an answer while the database has none: the next sweep asks again."""
    try:
        await look
    except StoreUnavailable as error:
        log.warning("timetable_waits", reason=str(error))


def _report(tick: asyncio.Task[None]) -> None:
    """Tell of a bug in a ticker; the next sweep calls it again."""
    if not tick.cancelled() and (error := tick.exception()) is not None:
        log.error("tick_broke", exc_info=error)
