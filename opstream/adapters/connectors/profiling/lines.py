"""Single log lines, as most log stores return them, put together to patterns of lines that are alike."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from opstream.adapters.connectors.profiling.evidence import Pattern
from opstream.adapters.connectors.profiling.values import Fields, objects, text, time

_TEXT = ("message", "@message", "msg", "body", "line", "text")
_TIME = ("time", "@timestamp", "timestamp", "ts")
_LEVEL = ("level", "severity", "severityText", "severity_text", "log.level")
_LEVELS = {"WARNING": "WARN", "ERR": "ERROR", "SEVERE": "ERROR", "EMERGENCY": "FATAL"}
_NAMED = re.compile(
    r"\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|SEVERE|CRITICAL|FATAL|EMERGENCY)\b"
)
_VARYING = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b(?=[a-f]*\d)[0-9a-f]{12,}\b|\d+(?:[.,:]\d+)*", re.IGNORECASE
)
_HEAD = 200  # where a line says its level
_LONGEST = 500
_MOST = 200


@dataclass(slots=True)
class _Tally:
    level: str
    example: str
    times: list[datetime] = field(default_factory=list)
    count: int = 0


def patterns(value: object) -> tuple[Pattern, ...]:
    """Return the patterns of log lines, the most frequent first.

    Args:
        value: Texts, or objects with a message and perhaps a time and a level; a message that is
            JSON is read as such.
    """
    tallies: dict[tuple[str, str], _Tally] = {}
    total = 0
    for said, level, at in _lines(value):
        total += 1
        template = _VARYING.sub("<n>", said[:_LONGEST])
        tally = tallies.setdefault((level, template), _Tally(level, said))
        tally.count += 1
        tally.times += [at] if at else []
    found = [
        Pattern(
            level=tally.level,
            template=template,
            count=tally.count,
            share=tally.count / total,
            first=min(tally.times, default=None),
            last=max(tally.times, default=None),
        )
        for (_, template), tally in tallies.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.count)[:_MOST])


def _lines(value: object) -> Iterator[tuple[str, str, datetime | None]]:
    given: Sequence[object] = value if isinstance(value, list | tuple) else ()
    for one in given:
        if isinstance(one, str) and one.strip():
            yield one.strip(), _level(one), None
    for one in objects(given):
        inner = _inner(one)
        said = _first(inner, _TEXT) or _first(one, _TEXT)
        if said.strip():
            level = _first(inner, _LEVEL) or _first(one, _LEVEL)
            at = _when(one) or _when(inner)
            yield said.strip(), _known(level) if level else _level(said), at


def _inner(one: Fields) -> Fields:
    """Return the fields of a message that is JSON itself; else the line's own."""
    said = _first(one, _TEXT).strip()
    if not said.startswith("{"):
        return one
    try:
        parsed: object = json.loads(said)
    except ValueError:
        return one
    return parsed if isinstance(parsed, Mapping) else one


def _first(one: Fields, names: Sequence[str]) -> str:
    return next((text(one[name]) for name in names if text(one.get(name))), "")


def _when(one: Fields) -> datetime | None:
    return next((at for name in _TIME if (at := time(one.get(name))) is not None), None)


def _level(said: str) -> str:
    found = _NAMED.search(said[:_HEAD]) or _NAMED.search(said[:_HEAD].upper())
    return _known(found[1]) if found else "INFO"


def _known(level: str) -> str:
    return _LEVELS.get(level.upper(), level.upper())
