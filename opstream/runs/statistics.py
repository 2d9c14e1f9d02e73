"""How well it all runs: figures of a while, in days of whoever asks."""

import asyncio
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opstream.domain.person import Person, Sight
from opstream.domain.statistics import Approvals, Span, Statistics
from opstream.ports import Clock, RunFigures

USUAL = timedelta(days=14)
LONGEST = timedelta(days=366)
_DAY = timedelta(days=1)
_PARTS_AT_MOST = 20  # as many as a chart of Slack's can show
_SIZES = (1, 7, 30)  # days
_FRESH = timedelta(seconds=20)
_KEPT = 500
_ALL = ""
_Viewer = tuple[str, str, Sight | None]


class RunStatistics:
    """Asks the store for figures; what Home shows is remembered for some seconds."""

    def __init__(self, figures: RunFigures, clock: Clock) -> None:
        self._figures = figures
        self._clock = clock
        self._known: OrderedDict[_Viewer, tuple[datetime, Statistics]] = OrderedDict()

    async def over(
        self, while_: timedelta = USUAL, *, by: Person, workflow_id: str | None = None
    ) -> Statistics:
        """Return the figures of the last while, of all workflows or of one, as far as somebody may see them.

        Args:
            while_: Up to a year; whole days count, in the person's time zone, today too.
            by: Who asks.
            workflow_id: The only workflow to look at; None for all.
        """
        edges = parts(while_, self._clock.now(), by.timezone)
        return await self._of(Span(edges, workflow_id, by))

    async def overview(self, *, by: Person) -> Statistics:
        """Return what Home says of all runs, at most some seconds old: no approvals, no failing steps."""
        viewer = (by.timezone, by.id if by.sight else "", by.sight)
        now, known = self._clock.now(), self._known.get(viewer)
        if known is None or abs(now - known[0]) >= _FRESH:
            span = Span(parts(USUAL, now, by.timezone), seen_by=by)
            known = self._known[viewer] = now, await self._of_runs(span)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known[1]

    async def _of(self, span: Span) -> Statistics:
        approvals = await self._figures.approvals(span)
        failing = tuple(await self._figures.failing_steps(span))
        return replace(await self._of_runs(span), approvals=approvals, failing=failing)

    async def _of_runs(self, span: Span) -> Statistics:
        durations, outcomes = await asyncio.gather(
            self._figures.durations(span), self._figures.outcomes(span)
        )
        took = dict(durations)
        together = took.pop(_ALL, None)
        return Statistics(span, tuple(outcomes), together, took, Approvals(), ())


def parts(while_: timedelta, now: datetime, timezone: str) -> tuple[datetime, ...]:
    """Return the edges of the days, weeks or months of a while, up to the end of today.

    A day begins at midnight of the time zone, so one may have 23 or 25 hours.
    """
    days = max(1, -(-min(while_, LONGEST) // _DAY))
    size = next(size for size in _SIZES if days <= size * _PARTS_AT_MOST)
    zone = _zone(timezone)
    here = now.astimezone(zone)
    tomorrow = datetime(here.year, here.month, here.day, tzinfo=zone) + _DAY
    count = -(-days // size)
    return tuple(tomorrow - n * size * _DAY for n in range(count, -1, -1))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
