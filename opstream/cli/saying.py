"""Writes to the terminal: lines for people, JSON for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from enum import Enum


def say(lines: str | Iterable[str]) -> None:
    """Write lines to standard output."""
    for line in [lines] if isinstance(lines, str) else lines:
        sys.stdout.write(f"{line}\n")


def complain(line: str) -> None:
    """Write a line to standard error."""
    sys.stdout.flush()
    sys.stderr.write(f"{line}\n")


def say_json(value: object) -> None:
    """Write a value as JSON; dataclasses become objects, times ISO 8601, durations seconds."""
    say(json.dumps(_plain(value), ensure_ascii=False, indent=2))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Set):
        return sorted(str(one) for one in value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, date) else value
