"""Slack's JSON as it goes over the wire, and how to look into it without trusting it."""

import json
from collections.abc import Callable
from typing import TypeAlias

Json: TypeAlias = dict[str, object]
"""A JSON object whose shape is Slack's (or whoever sent it): look inside with the functions below."""

Clock: TypeAlias = Callable[[], float]
"""Seconds since the epoch."""


def text(value: object) -> str:
    """Return a string as it is, a number as Slack would print it, anything else as ''."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def mapping(value: object) -> Json:
    """Return a JSON object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Return a JSON array as it is, anything else as an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Json]:
    """Return the objects of a JSON array, in their order; what is no object is left out."""
    return [item for item in items(value) if isinstance(item, dict)]


def texts(value: object) -> list[str]:
    """Return the strings of a JSON array, in their order."""
    return [item for item in items(value) if isinstance(item, str)]


def truth(value: object) -> bool:
    """Read a flag the way Slack does: JSON booleans, and `1` or `true` in forms and queries."""
    if isinstance(value, str):
        return value.strip().lower() in {"1", "true"}
    return bool(value)


def dump(value: object) -> str:
    """Write compact JSON, the same text for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def load(source: str | bytes) -> object:
    """Read JSON.

    Raises:
        ValueError: `source` is not JSON.
    """
    value: object = json.loads(source)
    return value
