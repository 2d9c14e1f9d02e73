"""Which times of a schedule are due, and what becomes of those that were missed. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opstream.definitions import cron
from opstream.domain.trigger import Missed, Schedule

MOST_AT_ONCE = 100
PUNCTUAL = timedelta(seconds=60)
# Looks back an hour, two, four … until it sees enough: never through years of times.
_LOOKS_BACK = tuple(timedelta(hours=2**power) for power in range(17))
_SEEN_AT_MOST = 10 * MOST_AT_ONCE  # twice as many as in the look before, so never reached
_A_BIT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done about a schedule whose time has come.

    Args:
        starts: The times to start for, oldest first.
        last: The last time that has passed.
        left_out: Whether times have passed for which nothing starts.
    """

    starts: tuple[datetime, ...]
    last: datetime
    left_out: bool


def due(schedule: Schedule, since: datetime, now: datetime) -> Due:
    """Return what is due.

    Args:
        since: The first time that was not dealt with; it has come.
        now: Now.
    """
    times = _last_times(schedule, since, now)
    last = times[-1]
    starts: tuple[datetime, ...] = (last,)
    if schedule.missed is Missed.SKIP and now - last >= PUNCTUAL:
        starts = ()
    elif schedule.missed is Missed.ALL:
        starts = times[-MOST_AT_ONCE:]
    return Due(starts, last, left_out=not starts or starts[0] > since)


def _last_times(schedule: Schedule, since: datetime, now: datetime) -> tuple[datetime, ...]:
    """Return the last times up to now, oldest first: `MOST_AT_ONCE` at least, unless they are all."""
    times: list[datetime] = []
    for back in _LOOKS_BACK:
        start = max(since - _A_BIT, now - back)
        times = cron.times_between(schedule, start, now, _SEEN_AT_MOST)
        if len(times) > MOST_AT_ONCE or start < since:
            break
    return tuple(times) or (since,)
