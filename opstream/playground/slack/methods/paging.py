"""Pages of a list, by cursor."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.methods.call import Call

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the items, and the cursor of the next page; '' on the last one."""

    items: Sequence[T]
    next_cursor: str

    @property
    def metadata(self) -> dict[str, object]:
        """Return `response_metadata`."""
        return {"next_cursor": self.next_cursor}


def page(
    call: Call, everything: Sequence[T], default: int = 100, key: Callable[[T], str] | None = None
) -> Page[T]:
    """Return the page that `cursor` and `limit` ask for.

    Args:
        call: With `cursor` and `limit`.
        everything: All items, in their order.
        default: How many a page holds when the call does not say.
        key: What finds an item again although the list has grown meanwhile; None where it does not grow.

    Raises:
        SlackError: `invalid_cursor` or `invalid_limit`.
    """
    name = key or (lambda item: "")
    start, size = 0, call.limit(default)
    if call.text("cursor"):
        wanted = _read(call.text("cursor"))
        start = _position(wanted, [name(item) for item in everything], by_key=key is not None)
    end = start + size
    if end >= len(everything):
        return Page(everything[start:end], "")
    return Page(everything[start:end], _write(name(everything[end]) if key else str(end)))


def _position(wanted: str, keys: Sequence[str], *, by_key: bool) -> int:
    if by_key and wanted in keys:
        return keys.index(wanted)
    if by_key or not wanted.isdigit():
        raise SlackError("invalid_cursor")
    return int(wanted)


def _write(place: str) -> str:
    return base64.b64encode(f"next:{place}".encode()).decode()


def _read(cursor: str) -> str:
    try:
        word, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise SlackError("invalid_cursor") from problem
    if word != "next":
        raise SlackError("invalid_cursor")
    return place
