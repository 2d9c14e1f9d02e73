"""YAML events -> plain data and the line of each value.

The data is built from one event after the other, so that deep nesting costs no stack and an alias
costs what it stands for. Scalars follow YAML 1.2: `on`, `no` and `12:30` are texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from opstream.domain.values import Json
from opstream.errors import Complaint

Path: TypeAlias = tuple[str | int, ...]

DEEPEST = 40
DOUBLED = "stands there twice"
TOO = "is too"
_VALUES_LIMIT = 100_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD_TAGS = ("str", "int", "float", "bool", "null", "map", "seq")
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d{1,2})?")
_WORDS: Mapping[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Stopped(ValueError):
    """Reading on has no use: the complaint says why."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(str(complaint))
        self.complaint = complaint


@dataclass(frozen=True, slots=True)
class Built:
    """What a text holds: its data, the line of everything by path, and what is wrong with it."""

    data: Json
    lines: Mapping[Path, int]
    complaints: tuple[Complaint, ...]


def build(text: str, file: str) -> Built:
    """Return what a YAML text holds.

    Raises:
        yaml.YAMLError: it cannot be read.
        Stopped: it goes beyond a limit, or has something that no definition needs.
    """
    builder = _Builder(file)
    for event in yaml.parse(text, Loader=_LOADER):
        builder.take(event)
    return Built(builder.root, builder.lines, tuple(builder.complaints))


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being filled."""

    value: dict[str, Json] | list[Json]
    path: Path
    anchor: str | None
    size_before: int
    key: str | None = None


class _Builder:
    """Builds data from YAML events; keeps count of what aliases stand for."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Json = None
        self.lines: dict[Path, int] = {}
        self.complaints: list[Complaint] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Json, int]] = {}
        self._size = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event up."""
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise self._stop(event, "A second document begins.", "Keep one in a file.")
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._begin(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.AliasEvent():
                self._alias(event)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._open) >= DEEPEST:
            problem = f"The nesting {TOO} deep, more than {DEEPEST} levels."
            raise self._stop(event, problem, "Write it flatter.")
        if self._awaits_key():
            raise self._no_key(event)
        value: dict[str, Json] | list[Json]
        value = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._place(event)
        self._check_tag(event)
        self._open.append(_Open(value, path, event.anchor, self._size))

    def _no_key(self, event: yaml.Event) -> Stopped:
        problem = "A mapping or list stands where a key is expected."
        return self._stop(event, problem, 'Put a template in quotes: "{{ … }}".')

    def _end(self) -> None:
        done = self._open.pop()
        if done.anchor:
            self._anchors[done.anchor] = (done.value, self._size - done.size_before)
        self._put(done.value)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if self._awaits_key():
            self._key(event)
            return
        self._place(event)
        self._check_tag(event)
        value = event.value if event.style in ("'", '"', "|", ">") else plain(event.value)
        if event.tag == "tag:yaml.org,2002:str":
            value = event.value
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._put(value)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if self._awaits_key():
            raise self._no_key(event)
        if event.anchor not in self._anchors:
            problem = f"The alias `*{event.anchor}` stands for nothing."
            raise self._stop(event, problem, f"Put the anchor `&{event.anchor}` further up.")
        value, size = self._anchors[event.anchor]
        self._place(event, size)
        self._put(value)

    def _awaits_key(self) -> bool:
        return (
            bool(self._open) and isinstance(self._open[-1].value, dict) and not self._open[-1].key
        )

    def _key(self, event: yaml.ScalarEvent) -> None:
        here, name = self._open[-1], event.value
        here.key = name or " "
        line = _line(event)
        first = self.lines.setdefault((*here.path, here.key), line)
        assert isinstance(here.value, dict)
        if here.key in here.value:
            self._complain(line, f"`{name}` {DOUBLED}, first in line {first}.", "Keep one of them.")
        if name == "<<":
            self._complain(line, "`<<` is not part of the format.", "Write the keys out.")

    def _place(self, event: yaml.Event, size: int = 1) -> Path:
        """Return where the next value goes, having counted it and noted its line."""
        self._size += size
        if self._size > _VALUES_LIMIT:
            problem = f"The document {TOO} large, more than {_VALUES_LIMIT:,} values."
            raise self._stop(event, problem, "Write less, and use fewer aliases.")
        path: Path = ()
        if self._open:
            here = self._open[-1]
            inner = here.key if isinstance(here.value, dict) else len(here.value)
            path = (*here.path, inner if inner is not None else "")
        self.lines.setdefault(path, _line(event))
        return path

    def _put(self, value: Json) -> None:
        if not self._open:
            self.root = value
            return
        here = self._open[-1]
        if isinstance(here.value, list):
            here.value.append(value)
        else:
            here.value[here.key or ""] = value
            here.key = None

    def _check_tag(self, event: yaml.NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag and tag not in ("!", *(f"tag:yaml.org,2002:{name}" for name in _STANDARD_TAGS)):
            line = _line(event)
            short = tag.replace("tag:yaml.org,2002:", "!!")
            self._complain(line, f"The tag `{short}` is not allowed.", "Take it out.")

    def _stop(self, event: yaml.Event, problem: str, remedy: str) -> Stopped:
        return Stopped(Complaint(self.file, _line(event), problem, remedy))

    def _complain(self, line: int, problem: str, remedy: str) -> None:
        self.complaints.append(Complaint(self.file, line, problem, remedy))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def plain(text: str) -> Json:
    """Return what a scalar without quotes stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
