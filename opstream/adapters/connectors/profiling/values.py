"""Values out of what tools return: none of them is taken for granted."""

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

Fields = Mapping[str, object]

_MILLISECONDS_FROM = 1e11  # as seconds that would be the year 5138
_NANOSECONDS_FROM = 1e17


def fields(value: object) -> Fields:
    """Return an object's fields; also of one that came as JSON text, or wrapped as `result`."""
    given: object = _parsed(value) if isinstance(value, str) else value
    if not isinstance(given, Mapping):
        return {}
    inner = given.get("result")
    return fields(inner) if len(given) == 1 and isinstance(inner, Mapping) else given


def objects(value: object) -> Iterator[Fields]:
    """Yield the objects of a list."""
    for one in value if isinstance(value, list | tuple) else ():
        if isinstance(one, Mapping):
            yield one


def text(value: object) -> str:
    """Return a text, or an empty one when it is none."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """Return a finite number, also of one that is written as text; None when it is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


def time(value: object) -> datetime | None:
    """Return a time, of ISO 8601 or of seconds, milliseconds or nanoseconds since 1970; or None."""
    since_1970 = number(value)
    try:
        if since_1970 is None:
            found = datetime.fromisoformat(text(value))
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        if since_1970 >= _MILLISECONDS_FROM:
            since_1970 /= 1e9 if since_1970 >= _NANOSECONDS_FROM else 1e3
        return datetime.fromtimestamp(since_1970, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _parsed(given: str) -> object:
    try:
        parsed: object = json.loads(given)
    except ValueError:
        return None
    return parsed
