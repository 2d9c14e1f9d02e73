"""Durations as people write them: "2m", "1h30m", "2 hours", "500ms", "90", "PT2M"."""

import re
from datetime import timedelta

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(
    r"(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.IGNORECASE)
LONGEST = timedelta(days=366)


def parse(text: str) -> timedelta | None:
    """Return the duration a text says, or None when it says none or more than a year.

    A bare number means seconds. Parts add up: "1h 30m".
    """
    cleaned = text.strip().replace(",", " ").replace(" and ", " ")
    if not cleaned or len(cleaned) > 60:
        return None
    seconds = _iso_seconds(cleaned) if cleaned[0] in "Pp" else _spoken_seconds(cleaned)
    if seconds is None or seconds > LONGEST.total_seconds():
        return None
    return timedelta(seconds=seconds)


def _spoken_seconds(text: str) -> float | None:
    rest = _PART.sub("", text).strip()
    parts = _PART.findall(text)
    if rest or not parts or (len(parts) > 1 and not all(unit for _, unit in parts)):
        return None
    return sum(float(number) * _UNITS[_short(unit)] for number, unit in parts)


def _short(unit: str) -> str:
    lowered = unit.lower()
    return "ms" if lowered == "ms" or lowered.startswith("milli") else lowered[:1] or "s"


def _iso_seconds(text: str) -> float | None:
    found = _ISO.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds


def show(duration: timedelta) -> str:
    """Return a duration in short: "45 s", "2 m 10 s", "1 h 5 m", "3 d 2 h"."""
    seconds = max(0, round(duration.total_seconds()))
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h")]
    parts += [(seconds // 60 % 60, "m"), (seconds % 60, "s")]
    said = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(said[:2]) or "0 s"
