"""What can be done with the outputs of several tools together, without a model."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from opstream.adapters.connectors.joining import Listed, Names, Row, joined, listed
from opstream.domain import durations
from opstream.domain.values import Json
from opstream.errors import BadInput, OperationFailed
from opstream.offering import Connector

_MOST = 100_000
_KEYS = {"service", "time", "any_service"}

data = Connector("data")


@data.operation(writes=False)
async def join(
    lists: dict[str, object],
    window: str = "5m",
    fields: dict[str, dict[str, object]] | None = None,
    only_matched: bool = False,
) -> object:
    """Join records of several tools by service and time.

    Each record of the first list comes with the nearest record of every other list that has the
    same service and is at most the window away.

    Args:
        lists: Outputs of tools by a name of your choice; the first one leads. Lists of records,
            objects around one, or series with points.
        window: How far apart two records may be, before or after, such as `5m`.
        fields: By the name of a list, where its records have `service` and `time`, if not under a
            usual name; `any_service: true` for records that belong to every service.
        only_matched: Leave out records for which no other list has anything.
    """
    length = durations.parse(window)
    if length is None:
        raise _invalid(f"`window` cannot be {window!r}; write for example `window: 5m`")
    if len(lists) < 2:
        raise _invalid("`lists` needs two lists or more, each with a name")
    try:
        every = {
            name: listed(name, _json(given), _names(name, (fields or {}).get(name, {})))
            for name, given in lists.items()
        }
    except BadInput as error:
        raise _invalid(str(error).rstrip(".")) from error
    if sum(len(one.records) for one in every.values()) > _MOST:
        raise _invalid(f"the lists have more than {_MOST} records; ask for a shorter time")
    leading, *_ = every
    others = {name: one for name, one in every.items() if name != leading}
    rows = joined(every[leading], others, length)
    shown = [row for row in rows if row.apart or not only_matched]
    return {
        "rows": [_shown(leading, row) for row in shown],
        "matched": {name: sum(row.others[name] is not None for row in rows) for name in others},
        "skipped": {name: one.skipped for name, one in every.items() if one.skipped},
        "text": _sentence(leading, every, rows),
    }


def _shown(leading: str, row: Row) -> Json:
    at = datetime.fromtimestamp(row.first.at, UTC).isoformat()
    near = {name: one.data if one else None for name, one in row.others.items()}
    return {
        "service": row.first.service,
        "time": at,
        leading: row.first.data,
        **near,
        "apart_seconds": dict(row.apart),
    }


def _sentence(leading: str, every: Mapping[str, Listed], rows: Sequence[Row]) -> str:
    matched = sum(bool(row.apart) for row in rows)
    skipped = sum(one.skipped for one in every.values())
    left_out = f" {skipped} records have no service or time and were left out." if skipped else ""
    return f"{matched} of {len(rows)} records of `{leading}` have something near them.{left_out}"


def _names(name: str, given: Mapping[str, object]) -> Names:
    unknown = sorted(given.keys() - _KEYS)
    if unknown:
        raise _invalid(
            f"`fields.{name}` knows no `{unknown[0]}`; it takes `service`, `time` and `any_service`"
        )
    service, time = str(given.get("service") or ""), str(given.get("time") or "")
    return Names(service, time, given.get("any_service") is True)


def _json(given: object) -> Json:
    return given  # type: ignore[return-value]  # arguments are plain data; only their type forgets it


def _invalid(why: str) -> OperationFailed:
    return OperationFailed(f"`data.join` was not called: {why}.", kind="invalid", retryable=False)
