"""The filters and tests of `{{ … }}`: few, pure, and none of them can run long or grow large."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from jinja2 import Undefined

from opstream.domain.values import Json
from opstream.engine.expression_values import (
    TEXT_LIMIT,
    Refused,
    Value,
    as_json,
    bounded,
    ensure_fits,
    items,
    joined,
    kind_of,
    number,
    plain,
    shown,
)

_BEGINNING = re.compile(r"[\[{]")
_MOST_BEGINNINGS = 20
_DECODER = json.JSONDecoder()


def _attribute(item: Json, path: str | None) -> Json:
    for name in path.split(".") if path else ():
        if isinstance(item, list) and name.isascii() and name.isdigit():
            item = item[int(name)] if int(name) < len(item) else None
        else:
            item = item.get(name) if isinstance(item, Mapping) else None
    return item


def _default(value: Value, instead: Json = "", also_empty: bool = False) -> Value:
    gone = isinstance(value, Undefined) or value is None or (also_empty and not value)
    return instead if gone else value


def _length(value: Value) -> int:
    return len(value) if isinstance(value, str | Mapping) else len(items(value))


def _join(value: Value, separator: str = "", attribute: str | None = None) -> str:
    return joined((_attribute(item, attribute) for item in items(value)), separator)


def _replace(value: Value, old: str, new: str) -> str:
    text = shown(value)
    if not old:
        raise Refused("`replace` needs a text to look for; write `| replace('old', 'new')`")
    ensure_fits(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _truncate(value: Value, length: int = 255) -> str:
    text = value if isinstance(value, str) else shown(value)
    return text if len(text) <= length else text[: max(0, length - 1)].rstrip() + "…"


def _digits(wanted: int) -> int:
    return min(max(wanted, -15), 15)


def _round(value: Value, digits: int = 0) -> int | float:
    rounded = round(number(value, "round"), _digits(digits))
    return int(rounded) if digits <= 0 else rounded


def _number(value: Value, digits: int = 0) -> str:
    return f"{number(value, 'number'):,.{max(_digits(digits), 0)}f}"


def _percent(value: Value, digits: int = 0) -> str:
    return f"{number(value, 'percent') * 100:.{max(_digits(digits), 0)}f} %"


def _float(value: Value) -> int | float:
    text = shown(value)
    try:
        return bounded(float(text))
    except Refused:
        raise
    except ValueError as error:
        raise Refused(f"`{text[:40]}` is no number; look at what the step returned") from error


def _fromjson(value: Value) -> Json:
    """Read the first JSON object or list in a text; words before and after it are passed over."""
    if not isinstance(value, str):
        return plain(value, 10 * TEXT_LIMIT)
    for begin in islice(_BEGINNING.finditer(value), _MOST_BEGINNINGS):
        try:
            found: Json = _DECODER.raw_decode(value, begin.start())[0]
        except (ValueError, RecursionError):
            continue
        return found
    raise Refused(f"`fromjson` finds no JSON in the text “{value[:40]}”")


def _filled(value: Value, used_by: str) -> Sequence[Json]:
    found = items(value)
    if not found:
        raise Refused(f"`{used_by}` finds the list empty; guard it with `… if … else …`")
    return found


def _sum(value: Value, attribute: str | None = None) -> int | float:
    return bounded(sum(number(_attribute(item, attribute), "sum") for item in items(value)))


def _extreme(pick: Callable[..., Json], used_by: str) -> Callable[..., Json]:
    def extreme(value: Value, attribute: str | None = None) -> Json:
        return pick(_filled(value, used_by), key=lambda item: _attribute(item, attribute))

    return extreme


def _sort(value: Value, attribute: str | None = None, reverse: bool = False) -> Json:
    rows = items(value)
    known = [item for item in rows if _attribute(item, attribute) is not None]
    unknown = [item for item in rows if _attribute(item, attribute) is None]
    by_attribute: Callable[[Json], str] = lambda item: _attribute(item, attribute)  # type: ignore[assignment,return-value]  # noqa: E731
    return sorted(known, key=by_attribute, reverse=bool(reverse)) + unknown


def _map(value: Value, attribute: str) -> Json:
    return [_attribute(item, attribute) for item in items(value)]


def _select(keep: bool) -> Callable[..., Json]:
    def select(value: Value, attribute: str, test: str = "true", against: Json = None) -> Json:
        if test not in COMPARISONS:
            raise Refused(f"`{test}` compares nothing; use one of {', '.join(COMPARISONS)}")
        holds = COMPARISONS[test]
        return [i for i in items(value) if holds(_attribute(i, attribute), against) is keep]

    return select


def _unique(value: Value) -> Json:
    plain(value, 10 * TEXT_LIMIT)
    first_seen: dict[tuple[type, Json], Json] = {}
    for item in items(value):
        key = as_json(item) if isinstance(item, Mapping | list | tuple) else item
        first_seen.setdefault((type(item), key), item)
    return list(first_seen.values())


def _given(value: Value) -> Json:
    if not isinstance(value, Mapping):
        raise Refused(f"`given` works on a mapping, not on {kind_of(value)}")
    return {key: item for key, item in value.items() if item is not None and item != ""}


def _values(value: Value) -> Json:
    return list(value.values()) if isinstance(value, Mapping) else list(items(value))


COMPARISONS: Mapping[str, Callable[..., bool]] = {
    "true": lambda found, _: bool(found),
    "eq": lambda found, against: found == against,
    "ne": lambda found, against: found != against,
    "lt": lambda found, against: found < against,
    "le": lambda found, against: found <= against,
    "gt": lambda found, against: found > against,
    "ge": lambda found, against: found >= against,
    "in": lambda found, against: found in items(against),
}

FILTERS: Mapping[str, Callable[..., Value]] = {
    "abs": lambda value: abs(number(value, "abs")),
    "default": _default,
    "fromjson": _fromjson,
    "first": lambda value: _filled(value, "first")[0],
    "float": _float,
    "given": _given,
    "int": lambda value: int(_float(value)),
    "join": _join,
    "keys": lambda value: list(items(value)),
    "last": lambda value: _filled(value, "last")[-1],
    "length": _length,
    "lower": lambda value: shown(value).lower(),
    "map": _map,
    "max": _extreme(max, "max"),
    "min": _extreme(min, "min"),
    "number": _number,
    "percent": _percent,
    "rejectattr": _select(keep=False),
    "replace": _replace,
    "round": _round,
    "selectattr": _select(keep=True),
    "sort": _sort,
    "string": shown,
    "sum": _sum,
    "title": lambda value: shown(value).title(),
    "tojson": as_json,
    "trim": lambda value: shown(value).strip(),
    "truncate": _truncate,
    "unique": _unique,
    "upper": lambda value: shown(value).upper(),
    "values": _values,
}

TESTS: Mapping[str, Callable[..., bool]] = {
    "defined": lambda value: not isinstance(value, Undefined),
    "undefined": lambda value: isinstance(value, Undefined),
    "none": lambda value: value is None,
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "mapping": lambda value: isinstance(value, Mapping),
    "sequence": lambda value: isinstance(value, Sequence) and not isinstance(value, str),
}
