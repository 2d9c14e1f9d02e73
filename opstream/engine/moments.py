"""When a wait ends: a duration or a time, as a template gives it."""

from datetime import UTC, datetime, timedelta

from opstream.domain import durations
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Wait
from opstream.engine import expressions
from opstream.errors import BadInput


def until(wait: Wait, context: JsonObject, now: datetime) -> datetime:
    """Return the time, in UTC, at which a wait that begins now ends.

    Raises:
        BadInput: the template gives neither a duration nor a time.
    """
    if wait.duration is not None:
        return now + _duration(expressions.render(wait.duration, context))
    return _time(expressions.render(wait.until, context))


def _duration(value: Json) -> timedelta:
    found = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = durations.parse(str(value))
    elif isinstance(value, str):
        found = durations.parse(value)
    if found is None:
        raise BadInput(f"{value!r} is no duration. Write for example `20s`, `5m` or `2h`.")
    return found


def _time(value: Json) -> datetime:
    try:
        found = datetime.fromisoformat(str(value))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput(
            f"{value!r} is no time. Write for example `2026-12-24T09:00:00+01:00`."
        ) from error
