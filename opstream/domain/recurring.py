"""Times that come again, in words: `0 9 * * mon-fri` is "every weekday at 9". Pure.

The words are those that people may write for it, so that what is shown can be written again.
"""

import re

_NUMBER = r"(0|[1-9]\d?)"
_EVERY_MINUTES = re.compile(rf"\*(?:/{_NUMBER})? \* \* \* \*")
_EVERY_HOURS = re.compile(rf"0 \*(?:/{_NUMBER})? \* \* \*")
_AT_A_TIME = re.compile(rf"{_NUMBER} {_NUMBER} (\*|{_NUMBER}) \* (\*|[a-z,-]+)")
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_SPANS = {"*": "day", "mon-fri": "weekday", "sat,sun": "weekend"}
_LAST_DAY = 28  # the last that every month has
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}


def in_words(cron: str) -> str | None:
    """Return a cron expression as people would write it, or None when there are no words for it."""
    if found := _EVERY_MINUTES.fullmatch(cron):
        return _interval(found[1], 60, "minute")
    if found := _EVERY_HOURS.fullmatch(cron):
        return _interval(found[1], 24, "hour")
    found = _AT_A_TIME.fullmatch(cron)
    if found is None:
        return None
    clock, days = _clock(int(found[1]), int(found[2])), _days(found[3], found[5])
    return f"every {days} at {clock}" if clock and days else None


def _interval(step: str | None, whole: int, unit: str) -> str | None:
    if step is None:
        return f"every {unit}"
    comes_out_even = 1 < int(step) < whole and whole % int(step) == 0
    return f"every {step} {unit}s" if comes_out_even else None


def _days(of_month: str, of_week: str) -> str | None:
    if of_month == "*":
        return _SPANS.get(of_week) or _named(of_week.split(","))
    day = int(of_month)
    if of_week != "*" or not 1 <= day <= _LAST_DAY:
        return None
    return f"month on the {day}{_ENDINGS.get(day, 'th')}"


def _named(days: list[str]) -> str | None:
    """Return names of days, which stand in the order of the week, as a list in a sentence."""
    if days != [day for day in _DAYS if day in days]:
        return None
    *others, last = (_DAYS[day] for day in days)
    return f"{', '.join(others)} and {last}" if others else last


def _clock(minute: int, hour: int) -> str | None:
    if minute > 59 or hour > 23:
        return None
    if minute == 0 and hour in (0, 12):
        return "noon" if hour else "midnight"
    return f"{hour}:{minute:02}" if minute else f"{hour}"
