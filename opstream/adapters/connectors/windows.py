"""The stretch of time that an alias looks at, from inputs such as `duration: 2h`."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from opstream.domain import durations
from opstream.domain.values import Json, JsonObject
from opstream.errors import BadInput

NAME = "window"
_SHORTEST = timedelta(seconds=1)


def window(inputs: Mapping[str, Json], now: datetime) -> JsonObject:
    """Return when to look: `start`, `end` (ISO 8601, UTC), the same in Unix seconds, and its length.

    `duration` says how far to look back from `end`, or from now; nothing before `since` is looked at.
    Seconds are whole; `minutes` and `hours` are rounded up, for tools that take nothing finer.

    Raises:
        BadInput: an input says no time.
    """
    end = _time(inputs.get("end"), "end") or now
    start = end - _length(inputs.get("duration"))
    since = _time(inputs.get("since"), "since")
    if since is not None:
        start = min(max(start, since), end - _SHORTEST)
    first, last = math.floor(start.timestamp()), math.ceil(end.timestamp())
    seconds = last - first
    return {
        "start": _text(first),
        "end": _text(last),
        "start_unix": first,
        "end_unix": last,
        "seconds": seconds,
        "minutes": math.ceil(seconds / 60),
        "hours": math.ceil(seconds / 3600),
    }


def _text(unix: int) -> str:
    return datetime.fromtimestamp(unix, UTC).isoformat()


def _length(value: Json) -> timedelta:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    length = durations.parse(value) if isinstance(value, str) else None
    if not length:
        raise BadInput(f"`duration` says no length of time: {value!r}. Write for example `10m`.")
    return max(length, _SHORTEST)


def _time(value: Json, name: str) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None:
        raise BadInput(
            f"`{name}` says no time: {value!r}. Write it as `2026-11-21T09:00:00+00:00`."
        )
    return found if found.tzinfo else found.replace(tzinfo=UTC)
