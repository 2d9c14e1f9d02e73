"""A small part of the query language of CloudWatch Logs Insights, for the double.

Commands: fields, filter, stats, sort, limit, display; `source` and `filterIndex` are passed over.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean

Row = dict[str, object]

_QUOTES = "\"'`/"
_COMMA = re.compile(r",(?![^(]*\))")
_AS = re.compile(r"(.+?)\s+as\s+([\w.@]+)", re.IGNORECASE | re.DOTALL)
_CALL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_COMPARED = re.compile(r"([\w.@`]+)\s*(=|!=|in|like)\s*(.+)", re.IGNORECASE | re.DOTALL)


def answer(query: str, records: Iterable[tuple[int, str, str]]) -> list[Row]:
    """Return the rows of a query.

    Args:
        query: As it is given to StartQuery.
        records: Of all log groups asked: milliseconds since 1970, the text, and an id.
    """
    rows = [_record(at, text, name) for at, text, name in records]
    rows.sort(key=lambda row: str(row["@timestamp"]), reverse=True)
    shown: list[str] = ["@timestamp", "@message"]
    for command in _commands(query):
        word, _, rest = command.strip().partition(" ")
        rows, shown = _step(word.lower(), rest.strip(), rows, shown)
    return [_cut(row, shown) for row in rows]


def _commands(query: str) -> Iterator[str]:
    """Yield what stands between pipes, but for those in quotes and patterns."""
    begun, within = 0, ""
    for place, sign in enumerate(query):
        if within:
            within = "" if sign == within else within
        elif sign in _QUOTES and (sign != "/" or query[:place].rstrip().endswith("like")):
            within = sign
        elif sign == "|":
            yield query[begun:place]
            begun = place + 1
    yield query[begun:]


def _step(word: str, rest: str, rows: list[Row], shown: list[str]) -> tuple[list[Row], list[str]]:
    match word:
        case "fields" | "display":
            named = [_named(one) for one in _COMMA.split(rest)]
            for row in rows:
                row.update({name: _value(text, row) for text, name in named})
            return rows, [name for _, name in named]
        case "filter":
            return [row for row in rows if _holds(rest, row)], shown
        case "stats":
            return _stats(rest, rows)
        case "sort":
            name, _, order = rest.partition(" ")
            down = order.strip().lower() != "asc"
            return sorted(rows, key=lambda row: _weight(_value(name, row)), reverse=down), shown
        case "limit":
            return rows[: int(rest)], shown
        case "source" | "filterindex":
            return rows, shown
    raise ValueError(f"The double knows no command {word!r}.")


def _record(at: int, text: str, name: str) -> Row:
    when = datetime.fromtimestamp(at / 1e3, UTC).isoformat(" ", "milliseconds")
    row: Row = {"@timestamp": when.removesuffix("+00:00"), "@message": text, "@ptr": name}
    if text.startswith("{"):
        row.update(_flat(json.loads(text)))
    return row


def _flat(given: Mapping[str, object], above: str = "") -> Row:
    flat: Row = {}
    for key, value in given.items():
        name = f"{above}{key}"
        flat.update(_flat(value, f"{name}.") if isinstance(value, Mapping) else {name: value})
    return flat


def _named(text: str) -> tuple[str, str]:
    found = _AS.fullmatch(text.strip())
    return (found[1].strip(), found[2]) if found else (text.strip(), text.strip().strip("`"))


def _value(text: str, row: Row) -> object:
    text = text.strip()
    if called := _CALL.fullmatch(text):
        values = [_value(one, row) for one in _COMMA.split(called[2])]
        return next((one for one in values if one is not None), None)  # coalesce
    if "/" in text and not text.startswith(("/", '"')):
        left, right = text.split("/", 1)
        above, below = _value(left, row), float(right)
        return above / below if isinstance(above, int | float) else None
    return text[1:-1] if text[:1] in "\"'" and text else row.get(text.strip("`"))


def _holds(condition: str, row: Row) -> bool:
    return all(_compared(one.strip(), row) for one in re.split(r"\s+and\s+", condition, flags=re.I))


def _compared(text: str, row: Row) -> bool:
    found = _COMPARED.fullmatch(text)
    if found is None:
        raise ValueError(f"The double cannot compare {text!r}.")
    value, how, against = _value(found[1], row), found[2].lower(), found[3].strip()
    match how:
        case "in":
            return value in [one.strip().strip("\"'") for one in against.strip("[]").split(",")]
        case "like":
            return re.search(against.strip("/"), str(value)) is not None
        case "=":
            return value == _value(against, row)
    return value != _value(against, row)


def _stats(rest: str, rows: list[Row]) -> tuple[list[Row], list[str]]:
    measures, *grouped = re.split(r"\s+by\s+", rest, maxsplit=1, flags=re.IGNORECASE)
    by = grouped[0] if grouped else ""
    groups: dict[tuple[object, ...], list[Row]] = {}
    keys = [one.strip() for one in by.split(",") if one.strip()]
    for row in rows:
        groups.setdefault(tuple(_value(key, row) for key in keys), []).append(row)
    named = [_named(one) for one in _COMMA.split(measures)]
    made: list[Row] = [
        {
            **dict(zip(keys, group, strict=True)),
            **{name: _measured(text, inside) for text, name in named},
        }
        for group, inside in groups.items()
    ]
    return made, [*keys, *(name for _, name in named)]


def _measured(text: str, rows: Sequence[Row]) -> object:
    found = _CALL.fullmatch(text)
    if found is None:
        raise ValueError(f"The double cannot compute {text!r}.")
    name, (first, *more) = found[1].lower(), _COMMA.split(found[2])
    if name == "count":
        return len(rows)
    values = [one for row in rows if isinstance(one := _value(first, row), int | float)]
    if name == "pct":
        return percentile(values, float(more[0])) if values else None
    return _MEASURES[name](values) if values else None


def percentile(values: Sequence[float], wanted: float) -> float:
    """Return the nearest rank."""
    return sorted(values)[max(0, -(-len(values) * int(wanted * 100) // 10_000) - 1)]


_MEASURES: Mapping[str, Callable[[Sequence[float]], object]] = {
    "avg": fmean,
    "min": min,
    "max": max,
    "sum": sum,
}


def _weight(value: object) -> tuple[bool, float, str]:
    number = float(value) if isinstance(value, int | float) else 0.0
    return isinstance(value, int | float), number, str(value)


def _cut(row: Row, shown: Sequence[str]) -> Row:
    names = [*shown, "@ptr"] if "@ptr" in row else shown
    return {name: row[name] for name in names if row.get(name) is not None}
