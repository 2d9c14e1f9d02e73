"""When somebody who is away comes back, as they say it. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from opstream.domain import durations
from opstream.errors import BadInput

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST = timedelta(days=366)
_SHORTEST_NAME = 3


def back_at(text: str, now: datetime, timezone: str) -> datetime:
    """Return the moment in which somebody is back: the beginning of a day, or after a duration.

    Args:
        text: Such as `friday`, `tomorrow`, `2026-12-24`, `3d` or `2 hours`.
        now: What it counts from.
        timezone: IANA name of the zone whose days are meant.

    Raises:
        BadInput: it cannot be read, is over, or is more than a year away.
    """
    said = text.strip().lower()
    today = now.astimezone(ZoneInfo(timezone))
    day = _day(said, today.date())
    if day is not None:
        found = datetime.combine(day, time(), today.tzinfo).astimezone(now.tzinfo)
    else:
        duration = durations.parse(said)
        if duration is None or not duration:
            raise BadInput(
                f"I could not read `{text[:60]}`. Write for example `/opstream away until friday`, "
                "`until 2026-12-24` or `until 3d`."
            )
        found = now + duration
    if not now < found <= now + _LONGEST:
        raise BadInput("Please name a time that is still to come, and at most a year away.")
    return found


def _day(said: str, today: date) -> date | None:
    if said == "tomorrow":
        return today + timedelta(days=1)
    fits = [
        n for n, day in enumerate(_DAYS) if len(said) >= _SHORTEST_NAME and day.startswith(said)
    ]
    if fits:
        return today + timedelta(days=(fits[0] - today.weekday() - 1) % 7 + 1)
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
