"""Secrets leave whatever is remembered, in every part of it; pure but for what finds them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from opstream.domain.memory import Entry
from opstream.domain.values import Json

Mask = Callable[[str], str]
"""Returns a text as it may be kept."""


def masked(entry: Entry, mask: Mask) -> Entry:
    """Return an entry as it may be kept."""
    return replace(
        entry,
        title=mask(entry.title),
        passages=tuple(mask(one) for one in entry.passages),
        subjects=frozenset(mask(one) for one in entry.subjects),
        details={name: _masked(value, mask) for name, value in entry.details.items()},
    )


def _masked(value: Json, mask: Mask) -> Json:
    match value:
        case str():
            return mask(value)
        case Mapping():
            return {name: _masked(one, mask) for name, one in value.items()}
        case Sequence():
            return [_masked(one, mask) for one in value]
    return value
