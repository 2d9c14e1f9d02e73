"""Stretches of time to measure: how people write them and how they are cut into points."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from opstream.playground.estate.errors import Refused

MOST_POINTS = 20
_LONGEST = timedelta(days=7)
_PERIODS = (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60, 90, 120, 180, 300, 360, 600, 900, 1_200, 1_800)
_PART = re.compile(
    r"(\d+(?:\.\d+)?)\s*(seconds|second|secs|sec|s|minutes|minute|mins|min|m|hours|hour|hrs|hr|h"
    r"|days|day|d)?(?=[\s\d]|$)\s*",
    re.IGNORECASE,
)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, cut into periods of equal length."""

    start: datetime
    end: datetime
    periods: int

    @property
    def seconds(self) -> float:
        """The length of the whole window."""
        return (self.end - self.start).total_seconds()

    @property
    def period_seconds(self) -> float:
        """The length of one period."""
        return self.seconds / self.periods

    def starts(self) -> list[datetime]:
        """Return where each period starts, oldest first."""
        period = timedelta(seconds=self.period_seconds)
        return [self.start + number * period for number in range(self.periods)]


def duration_of(text: str | float) -> timedelta:
    """Read a duration such as "2m", "1h30m", "2 hours", "90" or a number of seconds.

    Raises:
        Refused: it cannot be read, or is not between 1 second and 7 days.
    """
    seconds = text if isinstance(text, int | float) else _read(text)
    if not (math.isfinite(seconds) and 1.0 <= seconds <= _LONGEST.total_seconds()):
        raise Refused(
            f"The duration {text!r} is out of range; write one from 1 second to 7 days, "
            'such as "2m" or "2h".'
        )
    return timedelta(seconds=seconds)


def _read(text: str) -> float:
    rest, seconds = text.strip(), 0.0
    while match := _PART.match(rest):
        seconds += float(match[1]) * _SECONDS[(match[2] or "s")[0].lower()]
        rest = rest[match.end() :]
    if rest or not text.strip():
        raise Refused(
            f'The duration {text!r} cannot be read; write it like "2m", "90s", "2h", "1h30m" '
            "or as a number of seconds."
        )
    return seconds


def moment_of(text: str, name: str) -> datetime:
    """Read an ISO 8601 time; without an offset it is taken as UTC.

    Raises:
        Refused: it cannot be read.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(
            f"The time {text!r} of {name!r} cannot be read; write it as ISO 8601, such as "
            '"2026-11-05T14:30:00Z".'
        ) from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def window_of(duration: str | float, end: str, since: str, now: datetime) -> Window:
    """Return the window of a question: the last `duration` before `end`, but not before `since`.

    Args:
        duration: As `duration_of` reads it.
        end: ISO time, or "" for now.
        since: ISO time, or "" for no bound.
        now: The present; nothing later can be measured.

    Raises:
        Refused: a part cannot be read, or nothing lies in the window.
    """
    last = moment_of(end, "end") if end else now
    if last > now + timedelta(seconds=1):
        raise Refused(
            f"The end {end!r} lies in the future; write a time up to now, which is "
            f"{now.isoformat(timespec='seconds')}, or leave it out."
        )
    last = min(last, now)
    first = last - duration_of(duration)
    if since:
        first = max(first, moment_of(since, "since"))
    if (last - first).total_seconds() < 0.5:
        raise Refused(
            f"Nothing lies between since {since!r} and the end of the window, "
            f"{last.isoformat(timespec='seconds')}; wait a few seconds or write an earlier time."
        )
    return _cut(first, last)


def _cut(first: datetime, last: datetime) -> Window:
    """Cut at a round period, so that at most 20 whole ones end where the window ends."""
    seconds = (last - first).total_seconds()
    if seconds < 1.0:
        return Window(first, last, 1)
    longer = [step * 3_600 for step in range(1, 25)]
    period = next(step for step in (*_PERIODS, *longer) if seconds / step <= MOST_POINTS)
    periods = max(1, int(seconds / period + 1e-9))
    return Window(last - timedelta(seconds=periods * period), last, periods)
