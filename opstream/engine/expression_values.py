"""The values of `{{ … }}`: how they read as text, and the limits they must keep."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from jinja2 import Undefined

from opstream.domain.values import Json

TEXT_LIMIT = 100_000
ITEM_LIMIT = 10_000
_NUMBER_LIMIT = 10**18
_DEEPEST = 50

Value: TypeAlias = "Json | Undefined"


class Refused(ValueError):
    """An operator or filter does not do this; the text says what to write, but not where."""


def shown(value: Value) -> str:
    """Return a value as it reads inside a text: nothing for null, JSON for lists and mappings."""
    if isinstance(value, str):
        return fitting(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, Mapping | Sequence):
        return as_json(value)
    return str(value)  # a number, or a missing value that says so itself


def as_json(value: Value) -> str:
    """Return a value as JSON text; mappings of any kind are objects."""
    return fitting(json.dumps(plain(value, TEXT_LIMIT), ensure_ascii=False))


def plain(value: Value, limit: int) -> Json:
    """Return a value as dicts and lists, having made sure that it is JSON of a bearable size.

    Args:
        value: What a template gave.
        limit: Characters that all its texts may have together; every item counts as one more.

    Raises:
        Refused: it is too large, too deep, or no data.
    """
    return _plain(value, [limit], 0)


def _plain(value: Value, left: list[int], depth: int) -> Json:
    left[0] -= 1 + (len(value) if isinstance(value, str) else 0)
    if left[0] < 0:
        raise Refused("its value grows too large; pick only the parts that are needed")
    if depth > _DEEPEST:
        raise Refused(f"its value is nested more than {_DEEPEST} deep; pick a part of it")
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item, left, depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item, left, depth + 1) for item in value]
    str(value)  # a missing value says so itself
    raise Refused("its value is no data; name an input or the output of a step")


def fitting(text: str) -> str:
    """Return a text that is not too long.

    Raises:
        Refused: it is.
    """
    ensure_fits(len(text))
    return text


def ensure_fits(characters: int) -> None:
    """Refuse a text of so many characters before it is made.

    Raises:
        Refused: they are too many.
    """
    if characters > TEXT_LIMIT:
        raise Refused(
            f"its text is longer than {TEXT_LIMIT:,} characters; cut parts with `| truncate(1000)`"
        )


def joined(parts: Iterable[Value], separator: str = "") -> str:
    """Return values joined to one text, stopping as soon as it grows too long."""
    texts, length = [], 0
    for part in parts:
        text = shown(part)
        length += len(text) + len(separator)
        ensure_fits(length)
        texts.append(text)
    return separator.join(texts)


def number(value: Value, used_by: str) -> int | float:
    """Return a value that must be a number for an operator or filter.

    Raises:
        Refused: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(
            f"`{used_by}` works on numbers, not on {kind_of(value)}; "
            "join texts with `~`, and turn a text into a number with `| float`"
        )
    return value


def bounded(value: int | float) -> int | float:
    """Return a number that is within any sensible range.

    Raises:
        Refused: it is not.
    """
    if not math.isfinite(value) or abs(value) > _NUMBER_LIMIT:
        raise Refused("its number is out of range; use numbers below 10^18")
    return value


def items(value: Value) -> Sequence[Json]:
    """Return the items of a list, or the keys of a mapping.

    Raises:
        Refused: it has none, or too many.
    """
    if isinstance(value, str) or not isinstance(value, Sequence | Mapping):
        raise Refused(f"a list is wanted here, not {kind_of(value)}; pick one with `.` or `[…]`")
    if len(value) > ITEM_LIMIT:
        raise Refused(f"its list has more than {ITEM_LIMIT:,} items; let the tool return fewer")
    return list(value) if isinstance(value, Mapping) else value


def kind_of(value: Value) -> str:
    """Return what a value is, in words; a missing value says so itself."""
    if isinstance(value, Undefined):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a mapping" if isinstance(value, Mapping) else "a list"


def add(left: Value, right: Value) -> Json:
    """Return a sum, two texts joined, or two lists joined."""
    if isinstance(left, str) and isinstance(right, str):
        ensure_fits(len(left) + len(right))
        return left + right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return items([*items(left), *items(right)])
    return bounded(number(left, "+") + number(right, "+"))


def _float_text(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(round(value, 10))
