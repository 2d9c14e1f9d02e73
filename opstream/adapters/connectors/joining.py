"""Records of several tools joined by service and time: each with the nearest one of every other list. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from opstream.domain.values import Json, JsonObject
from opstream.errors import BadInput

_LISTS = ("items", "results", "rows", "records", "points", "data", "values", "entries", "series")
_SERVICES = ("service", "service_name", "serviceName", "app", "application", "component", "name")
_TIMES = ("time", "at", "timestamp", "ts", "date", "started_at", "startTime", "created_at", "when")
_MILLISECONDS = 1e11  # seconds would be the year 5138
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Names:
    """Where a list has its service and time, dots leading inside; empty for the usual names.

    Args:
        any_service: Its records belong to every service, such as a freeze of all deployments.
    """

    service: str = ""
    time: str = ""
    any_service: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A record with what it is joined by; `at` is in seconds since 1970."""

    service: str
    at: float
    data: Json


@dataclass(frozen=True, slots=True)
class Listed:
    """The records of a list, oldest first, and how many have no service or time."""

    records: tuple[Record, ...] = ()
    skipped: int = 0
    any_service: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A record of the first list, with the nearest of each other list, or None.

    Args:
        apart: How many seconds later each of these was; negative is earlier.
    """

    first: Record
    others: Mapping[str, Record | None] = field(default_factory=dict)
    apart: Mapping[str, float] = field(default_factory=dict)


def listed(name: str, given: Json, names: Names = Names()) -> Listed:
    """Return the records of what a tool gave: a list, an object around one, or series with points.

    Raises:
        BadInput: there is no list in it.
    """
    found = list(_records(name, given))
    records = [one for data in found if (one := _record(data, names)) is not None]
    in_order = tuple(sorted(records, key=lambda one: one.at))
    return Listed(in_order, len(found) - len(records), names.any_service)


def joined(first: Listed, others: Mapping[str, Listed], window: timedelta) -> Sequence[Row]:
    """Return a row for each record of the first list.

    What is at most `window` before or after it and has its service counts as near; of two that are
    equally near the earlier one is taken. A record may be the nearest of several.
    """
    by_service = {name: _by_service(one) for name, one in others.items()}
    rows = []
    for record in first.records:
        near: dict[str, Record | None] = {}
        for name, groups in by_service.items():
            service = "" if others[name].any_service else record.service
            near[name] = _nearest(groups.get(service, ()), record.at, window.total_seconds())
        apart = {name: one.at - record.at for name, one in near.items() if one is not None}
        rows.append(Row(record, near, apart))
    return rows


def _by_service(given: Listed) -> Mapping[str, Sequence[Record]]:
    groups: dict[str, list[Record]] = {}
    for one in given.records:
        groups.setdefault("" if given.any_service else one.service, []).append(one)
    return groups


def _nearest(records: Sequence[Record], at: float, seconds: float) -> Record | None:
    place = bisect_left(records, at, key=lambda one: one.at)
    near = [*records[max(0, place - 1) : place], *records[place : place + 1]]
    close = [one for one in near if abs(one.at - at) <= seconds]
    return min(close, key=lambda one: (abs(one.at - at), one.at), default=None)


def _records(name: str, given: Json) -> Iterator[Json]:
    """Yield the records; the points of a series have its other fields, too."""
    for one in _list_in(name, given):
        points = one.get("points") if isinstance(one, Mapping) else None
        if not isinstance(one, Mapping) or not isinstance(points, list):
            yield one
            continue
        rest = {key: value for key, value in one.items() if key != "points"}
        for point in points:
            yield {**rest, **_point(point)}


def _list_in(name: str, given: Json) -> Sequence[Json]:
    if isinstance(given, list | tuple):
        return given
    found = given if isinstance(given, Mapping) else {}
    if isinstance(found.get("points"), list):
        return [found]
    for usual in _LISTS:
        inside = found.get(usual)
        if isinstance(inside, list):
            rest = {key: value for key, value in found.items() if isinstance(value, str)}
            return [{**rest, **one} if isinstance(one, Mapping) else one for one in inside]
    lists = [value for value in found.values() if isinstance(value, list)]
    if len(lists) == 1:
        return lists[0]
    raise BadInput(
        f"`{name}` is no list of records. Give the list itself, such as "
        f'`{name}: "{{{{ steps.{name}.output.results }}}}"`.'
    )


def _point(point: Json) -> JsonObject:
    """Return a point of a series, which may be written `[time, value]`."""
    if isinstance(point, list | tuple) and len(point) == 2:
        return {"time": point[0], "value": point[1]}
    return point if isinstance(point, Mapping) else {"value": point}


def _record(data: Json, names: Names) -> Record | None:
    if not isinstance(data, Mapping):
        return None
    at = _moment(_field(data, names.time, _TIMES))
    service = _field(data, names.service, _SERVICES)
    if at is None or (not names.any_service and not isinstance(service, str | int)):
        return None
    return Record("" if names.any_service else str(service).strip().casefold(), at, data)


def _field(data: JsonObject, name: str, usual: Sequence[str]) -> Json:
    if not name:
        return next((data[one] for one in usual if data.get(one) is not None), None)
    found: Json = data
    for part in name.split(".") if name not in data else [name]:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _moment(value: Json) -> float | None:
    """Return a time in seconds since 1970: from ISO 8601, or a number of seconds or milliseconds."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value) if isinstance(value, int | float | str) else None
    except ValueError:
        return _iso(str(value))
    if number is None or not abs(number) < 1e17:
        return None
    return number / 1000 if abs(number) >= _MILLISECONDS else number


def _iso(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - _EPOCH).total_seconds()
