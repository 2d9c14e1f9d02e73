"""Cron expressions of five fields, checked without a scheduler."""

import re
from collections.abc import Mapping, Sequence

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS: Sequence[tuple[str, int, int, Sequence[str]]] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_SHORTHANDS: Mapping[str, str] = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * sun",
    "@monthly": "0 0 1 * *",
}
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d{1,3}))?", re.ASCII)


def fault(expression: str) -> str | None:
    """Return what is wrong with a cron expression, as a clause; None when nothing is."""
    fields = _SHORTHANDS.get(expression.strip(), expression).split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields instead of 5"
    for text, (name, least, most, words) in zip(fields, _FIELDS, strict=True):
        for part in text.split(","):
            if not _is_valid(part, least, most, words):
                return f"`{part}` is no {name} (from {least} to {most})"
    return None


def _is_valid(part: str, least: int, most: int, words: Sequence[str]) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        return False
    star, first, last, step = found.groups()
    if step is not None and not 1 <= int(step) <= most + 1:
        return False
    if star:
        return True
    numbers = [_number(word, least, words) for word in (first, last) if word]
    return all(number is not None and least <= number <= most for number in numbers) and (
        len(numbers) < 2 or (numbers[0] or 0) <= (numbers[1] or 0)
    )


def _number(word: str, least: int, words: Sequence[str]) -> int | None:
    if word.isdecimal():
        return int(word) if len(word) <= 3 else None
    lowered = word.lower()
    return words.index(lowered) + least if lowered in words else None
