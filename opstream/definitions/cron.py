"""Cron expressions of five fields: what is wrong with one, and when its times come.

The fields are read on the clock on the wall of the schedule's timezone. When that clock jumps:
a time that it leaves out comes at the jump, a time that it shows twice comes the first time only.
An expression that holds in every hour goes by the hours that really pass, so that `*/15 * * * *`
neither pauses nor doubles.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter  # type: ignore[import-untyped]  # it has none

from opstream.domain.trigger import Schedule

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Sequence[tuple[str, int, int, Sequence[str]]] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
SHORTHANDS: Mapping[str, str] = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * sun",
    "@monthly": "0 0 1 * *",
}
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d{1,3}))?", re.ASCII)
_EVERY_HOUR = ("*", "*/1", "0-23")
_SECOND = timedelta(seconds=1)


def fault(expression: str) -> str | None:
    """Return what is wrong with a cron expression, as a clause; None when nothing is."""
    fields = SHORTHANDS.get(expression.strip(), expression).split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields instead of 5"
    for text, (name, least, most, words) in zip(fields, _FIELDS, strict=True):
        for part in text.split(","):
            if not _is_valid(part, least, most, words):
                return f"`{part}` is no {name} (from {least} to {most})"
    if _next_on_the_wall(" ".join(fields), datetime(2024, 1, 1)) is None:  # noqa: DTZ001  # any
        return "the days that it names never come"
    return None


def _is_valid(part: str, least: int, most: int, words: Sequence[str]) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        return False
    star, first, last, step = found.groups()
    if step is not None and not 1 <= int(step) <= most + 1:
        return False
    if star:
        return True
    begin = _number(first, least, words)
    end = begin if last is None else _number(last, least, words)
    if words is _DAYS and end == 0 and last:
        end = 7  # a week that ends with Sunday
    return begin is not None and end is not None and least <= begin <= end <= most


def _number(word: str, least: int, words: Sequence[str]) -> int | None:
    if word.isdecimal():
        return int(word) if len(word) <= 3 else None
    lowered = word.lower()
    return words.index(lowered) + least if lowered in words else None


def next_after(schedule: Schedule, after: datetime) -> datetime | None:
    """Return the first time of a schedule that is later than another, in UTC; None when none comes.

    Raises:
        ValueError: the schedule's timezone or cron expression is none.
    """
    if schedule.cron is None:
        at = schedule.at
        return at.astimezone(UTC) if at is not None and at > after else None
    zone = ZoneInfo(schedule.timezone)
    cron = SHORTHANDS.get(schedule.cron.strip(), schedule.cron)
    if cron.split()[1] in _EVERY_HOUR:
        return _by_hours_that_pass(cron, after.astimezone(UTC), zone)
    return _by_the_wall(cron, after.astimezone(UTC), zone)


def times_between(
    schedule: Schedule, after: datetime, until: datetime, limit: int
) -> list[datetime]:
    """Return the times of a schedule after one moment, up to and with another, oldest first.

    Args:
        limit: How many at most; the oldest ones are returned.
    """
    found: list[datetime] = []
    while len(found) < limit:
        time = next_after(schedule, found[-1] if found else after)
        if time is None or time > until:
            break
        found.append(time)
    return found


def _by_the_wall(cron: str, after: datetime, zone: tzinfo) -> datetime | None:
    wall = _next_on_the_wall(cron, after.astimezone(zone).replace(tzinfo=None))
    while wall is not None:
        time = _moment(wall, zone)
        if time > after:  # else the clock shows it for the second time
            return time
        wall = _next_on_the_wall(cron, wall)
    return None


def _by_hours_that_pass(cron: str, after: datetime, zone: tzinfo) -> datetime | None:
    here, wall = after, after.astimezone(zone).replace(tzinfo=None)
    while True:
        offset = here.astimezone(zone).utcoffset() or timedelta()
        found = _next_on_the_wall(cron, wall)
        if found is None:
            return None
        time = (found - offset).replace(tzinfo=UTC)
        if time.astimezone(zone).utcoffset() == offset:
            return time
        here = _jump(here, time, zone)
        wall = here.astimezone(zone).replace(tzinfo=None) - _SECOND


def _next_on_the_wall(cron: str, after: datetime) -> datetime | None:
    try:
        found: datetime = croniter(cron, after).get_next(datetime)
    except CroniterBadDateError:
        return None
    return found


def _moment(wall: datetime, zone: tzinfo) -> datetime:
    """Return when a clock on the wall shows a time first, or would have shown it."""
    time = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if time.astimezone(zone).replace(tzinfo=None) == wall:
        return time
    return _jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), time, zone)


def _jump(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return when the offset of a zone changes between two moments, to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
