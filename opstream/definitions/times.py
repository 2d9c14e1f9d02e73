"""Times as people write them: `every monday at 9:30`, `every 15 minutes`, `tomorrow at 9`, cron."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from opstream.definitions import cron
from opstream.domain import durations
from opstream.domain.trigger import Schedule
from opstream.errors import BadInput

SUCH_AS = (
    "Write for example `every monday at 9`, `every 15 minutes`, `on 2026-12-24 at 9` or a cron "
    "expression such as `0 9 * * mon-fri`."
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPANS = {
    "day": "*",
    "weekday": "mon-fri",
    "working day": "mon-fri",
    "weekend": "sat,sun",
    "morning": "*",
}
_NAMED_DAYS: Mapping[str, int] = {"today": 0, "tomorrow": 1}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|h|o'clock)?")
_EVERY = re.compile(r"(?:every|each)\s+(?:(\d+)\s+)?(minute|min|hour)s?")
_MONTHLY = re.compile(
    r"(?:(?:every|each) month|monthly) on the (\d{1,2})(?:st|nd|rd|th)?"
    r"|on the (\d{1,2})(?:st|nd|rd|th)? of (?:every|each|the) month"
)
_CLOCK_FIRST = re.compile(r"at (.+?) ((?:every|each|on|in|today|tomorrow|next|daily)\b.*)")


def zone_of(name: str) -> ZoneInfo:
    """Return a timezone by its IANA name.

    Raises:
        BadInput: there is none; the sentence offers what comes close.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        asked = name.strip().lower().replace(" ", "_")
        alike = [one for one in sorted(available_timezones()) if asked and asked in one.lower()]
        meant = " or ".join(f"`{one}`" for one in alike[:3])
        hint = f"Did you mean {meant}?" if meant else "Write for example `Europe/Berlin` or `UTC`."
        raise BadInput(f"`{name}` is no timezone. {hint}") from error


def read_when(text: str, now: datetime | None, timezone: str) -> Schedule:
    """Return the schedule that a text names.

    Args:
        text: Words, a date, or a cron expression.
        now: What `tomorrow` and `in 2 hours` count from; None where nobody reads it at once, as in
            a file: such words are refused then.
        timezone: IANA name; the times are read in it.

    Raises:
        BadInput: the text cannot be read, or its only time has passed.
    """
    zone = zone_of(timezone)
    said = " ".join(text.lower().replace("`", " ").split()).rstrip(".")
    if _looks_like_cron(said):
        return Schedule(cron=_checked(said), timezone=timezone)
    if first := _CLOCK_FIRST.fullmatch(said):
        said = f"{first[2]} at {first[1]}"
    if expression := _repeated(said):
        return Schedule(cron=expression, timezone=timezone)
    at = _dated(said, now, zone)
    if at is None:
        raise BadInput(f"`{_cited(text)}` is no time at which something can start. {SUCH_AS}")
    if now is not None and at <= now:
        raise BadInput(f"`{_cited(text)}` has passed already. Write a time that is still to come.")
    return Schedule(at=at, timezone=timezone)


def _looks_like_cron(said: str) -> bool:
    fields = said.split()
    return said[:1] in ("*", "@") or (
        len(fields) >= 4 and not any(re.search(r"[^\d*/,-]", field) for field in fields[:2])
    )


def _checked(expression: str) -> str:
    if fault := cron.fault(expression):
        raise BadInput(
            f"The schedule `{_cited(expression)}` cannot be read: {fault}. "
            "Write five fields, such as `0 9 * * mon`."
        )
    return cron.SHORTHANDS.get(expression, expression)


def _repeated(said: str) -> str | None:
    """Return the cron expression of what comes again and again, or None."""
    if said == "hourly":
        return "0 * * * *"
    if found := _EVERY.fullmatch(said):
        return _interval(int(found[1] or 1), "hour" if found[2] == "hour" else "minute")
    head, _, clock = said.partition(" at ")
    if found := _MONTHLY.fullmatch(head):
        return f"{_minute_and_hour(clock, head)} {_day_of_month(found[1] or found[2])} * *"
    days = _days(head)
    return f"{_minute_and_hour(clock, head)} * * {days}" if days else None


def _interval(number: int, unit: str) -> str:
    most = 60 if unit == "minute" else 24
    if not 1 <= number < most or most % number:
        fitting = ", ".join(f"`{one}`" for one in range(2, most) if most % one == 0)
        raise BadInput(
            f"`every {number} {unit}s` does not come out even in "
            f"{'an hour' if unit == 'minute' else 'a day'}. Use one of {fitting} {unit}s, "
            "or a time of day, such as `every day at 9`."
        )
    step = "*" if number == 1 else f"*/{number}"
    return f"{step} * * * *" if unit == "minute" else f"0 {step} * * *"


def _days(head: str) -> str | None:
    """Return the days of the week in a text as cron writes them, or None when there are none."""
    if head in ("daily", "weekdays", "weekends"):
        return _SPANS["day" if head == "daily" else head[:-1]]
    found = re.fullmatch(r"(?:every |each )?(.+)", head)
    if found is None or not (head.startswith(("every ", "each ")) or head.endswith("s")):
        return None
    if found[1] in _SPANS:
        return _SPANS[found[1]]
    named = [_weekday(word) for word in re.split(r",\s*(?:and )?| and | & ", found[1])]
    if not named or None in named:
        return None
    return ",".join(_DAYS[day][:3] for day in sorted({day for day in named if day is not None}))


def _weekday(word: str) -> int | None:
    """Return the number of a day, Monday is 0; it may be shortened to three letters."""
    bare = word.strip()
    bare = bare[:-1] if bare.endswith("days") else bare
    for number, day in enumerate(_DAYS):
        if len(bare) >= 3 and day.startswith(bare):
            return number
    return None


def _day_of_month(written: str) -> int:
    day = int(written)
    if not 1 <= day <= 28:
        raise BadInput(f"Not every month has a day {day}. Use one from 1 to 28.")
    return day


def _minute_and_hour(clock: str, head: str) -> str:
    at = _clock(clock, head)
    return f"{at.minute} {at.hour}"


def _clock(written: str, head: str) -> time:
    """Return a time of day."""
    if not written:
        raise BadInput(f"`{_cited(head)}` does not say at what time. Write `{_cited(head)} at 9`.")
    if written in ("noon", "midnight"):
        return time(12 if written == "noon" else 0)
    found = _CLOCK.fullmatch(written)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    half = found[3] if found else ""
    if half in ("am", "pm"):
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise BadInput(
            f"`{_cited(written)}` is no time of day. Write for example `9`, `9:30`, `9pm` or "
            "`17:45`."
        )
    return time(hour, minute)


def _dated(said: str, now: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return the only time that a text names, in UTC, or None when it names none."""
    whole = _moment(said, zone)
    if whole is not None:
        return whole
    if said.startswith("in "):
        span = durations.parse(said[3:])
        return None if not span else _known(now, said).astimezone(UTC) + span
    head, _, clock = f" {said}".partition(" at ")
    bare = head.strip().removeprefix("on ").removeprefix("next ").strip()
    day = _day(bare, clock, now, zone) if bare or clock else None
    return None if day is None else _at(day, _clock(clock, bare), zone)


def _moment(said: str, zone: ZoneInfo) -> datetime | None:
    """Return the time of a date and clock in one, such as `2026-12-24T09:00+01:00`."""
    if not re.match(r"\d{4}-\d\d-\d\d[t ]\d", said.removeprefix("on ")):
        return None
    try:
        found = datetime.fromisoformat(said.removeprefix("on ").upper())
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _day(bare: str, clock: str, now: datetime | None, zone: ZoneInfo) -> date | None:
    try:
        return date.fromisoformat(bare)
    except ValueError:
        pass
    ahead = _NAMED_DAYS.get(bare)
    weekday = _weekday(bare)
    if ahead is None and weekday is None and bare:
        return None
    here = _known(now, bare or f"at {clock}")
    today = here.astimezone(zone).date()
    if ahead is not None:
        return today + timedelta(days=ahead)
    day = today + timedelta(days=((weekday or 0) - today.weekday()) % 7 if bare else 0)
    has_passed = _at(day, _clock(clock, bare), zone) <= here
    return day + timedelta(days=7 if bare else 1) if has_passed else day


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def _known(now: datetime | None, said: str) -> datetime:
    if now is None:
        raise BadInput(
            f"`{_cited(said)}` depends on the day on which it is read. Write a date, such as "
            "`on 2026-12-24 at 9`, or something that comes again, such as `every monday at 9`."
        )
    return now


def _cited(text: str) -> str:
    flat = " ".join(text.split()).replace("`", "'")
    return flat if len(flat) <= 60 else flat[:59] + "…"
