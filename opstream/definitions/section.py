"""Reading one mapping of a document, key by key, and saying all that is wrong with it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from opstream.definitions.document import Document
from opstream.definitions.yaml_events import Path
from opstream.domain import durations
from opstream.domain.values import Json
from opstream.errors import Complaint

_Choice = TypeVar("_Choice", bound=StrEnum)
_COMPARED = 200
_KEYS = "Write keys with values, such as `id: my_workflow`."
_ELSEWHERE: Mapping[str, Sequence[str]] = {  # what other systems call our keys
    "needs": ("depends_on", "dependson", "after", "requires", "depends"),
    "when": ("if", "condition", "only_if", "unless"),
    "call": ("uses", "action", "tool", "operation", "command", "script", "mcp"),
    "with": ("args", "arguments", "params", "parameters", "inputs", "input", "vars"),
    "title": ("name", "label"),
    "inputs": ("parameters", "params", "variables", "vars"),
    "schedule": ("cron", "every"),
    "triggers": ("on", "trigger", "starts", "events"),
    "limits": ("concurrency", "overlap", "priority"),
    "at_once": ("parallel", "max_parallel", "concurrency", "batch", "batch_size"),
    "prompt": ("llm", "model", "ai", "ask_model"),
    "run": ("workflow", "subworkflow", "sub_workflow", "call_workflow"),
    "for_each": ("foreach", "loop", "map", "each", "repeat", "with_items"),
    "items": ("in", "list", "over"),
    "undo": ("compensate", "compensation", "rollback", "revert"),
    "topic": ("event", "signal", "message", "channel"),
    "timezone": ("tz", "time_zone", "zone"),
    "workflow": ("id", "name"),
    "steps": ("jobs", "tasks", "nodes", "stages"),
    "on_error": ("continue-on-error", "continue_on_error", "onerror", "on_failure"),
    "retry": ("retries", "retry_policy"),
    "attempts": ("times", "max_attempts", "count", "max", "retries"),
    "wait": ("delay", "sleep", "backoff", "interval"),
    "text": ("message", "body", "content"),
    "notify": ("message", "say", "slack"),
    "choices": ("options", "enum", "values"),
    "default": ("value",),
    "params": ("with", "args", "arguments", "inputs", "parameters"),
    "fields": ("inputs", "options"),
    "expires": ("timeout",),
    "role": ("approvers", "approver"),
}


def close_to(name: str, known: Collection[str]) -> str:
    """Return `Did you mean …?`, or what there is when nothing comes close."""
    known = list(dict.fromkeys(known))[:_COMPARED]
    close = get_close_matches(name, known, 2, 0.6)
    alike = [ours for ours in known if name.lower() in _ELSEWHERE.get(ours, ())]
    if close := alike[:1] or close:
        return f"Did you mean {' or '.join(f'`{one}`' for one in close)}?"
    listed = ", ".join(f"`{one}`" for one in known[:12])
    return f"Use one of {listed}." if listed else "There is none here."


def kind_of(value: Json) -> str:
    """Return what a value is, in the words of a complaint."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a mapping" if isinstance(value, Mapping) else "a list"


class Section:
    """One mapping of a document; whoever reads it asks for each key and then calls `finish`."""

    def __init__(
        self,
        document: Document,
        path: Path,
        complaints: list[Complaint],
        what: str,
        hint: str = _KEYS,
    ) -> None:
        self.document, self.path, self.what = document, path, what
        self._complaints = complaints
        self._asked: dict[str, None] = {}
        data = document.at(path)
        self.data: Mapping[str, Json] = data if isinstance(data, Mapping) else {}
        self.is_mapping = isinstance(data, Mapping)
        if not self.is_mapping:
            problem = f"{what[:1].upper()}{what[1:]} is {kind_of(data)}, but a mapping is expected."
            self.complain(None, problem, hint)

    def complain(self, key: str | int | None, problem: str, remedy: str) -> None:
        """Note a fault of a key, or of the whole section."""
        path = self.path if key is None else (*self.path, key)
        line = self.document.line(path)
        self._complaints.append(Complaint(self.document.file, line, problem, remedy))

    def has(self, key: str) -> bool:
        """Return whether a key stands there, with a value."""
        return self.data.get(key) is not None

    def raw(self, key: str) -> Json:
        """Return the value of a key as it stands; None when it is missing."""
        self._asked[key] = None
        return self.data.get(key)

    def text(self, key: str, default: str = "", required: bool = False) -> str:
        """Return a text; a number is taken as one."""
        value = self.raw(key)
        if value is None or value == "":
            if required and self.is_mapping:
                is_json = self.document.file.endswith(".json")
                self.complain(
                    key if key in self.data else None,
                    f"{self.what[:1].upper()}{self.what[1:]} has no `{key}`.",
                    f'Add `"{key}": …`.' if is_json else f"Add a line `{key}: …`.",
                )
            return default
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            self._wrong(key, value, "a text", _QUOTE if isinstance(value, Mapping) else "")
            return default
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self._wrong(key, value, "true or false", f"Write `{key}: true` or `{key}: false`.")
            return default
        return value

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """Return a number between two bounds."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(key, value, "a number", f"Write for example `{key}: {default:g}`.")
            return default
        if not least <= value <= most:
            self.complain(
                key,
                f"`{key}` is {value:g}, but must be from {least:g} to {most:g}.",
                f"Write for example `{key}: {default:g}`.",
            )
            return default
        return value

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number between two bounds."""
        value = self.number(key, default, least, most)
        if value != int(value):
            self._wrong(key, value, "a whole number", f"Write for example `{key}: {int(value)}`.")
        return int(value)

    def duration(self, key: str, default: timedelta | None) -> timedelta | None:
        """Return a duration above zero."""
        value = self.raw(key)
        if value is None:
            return default
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        found = durations.parse(str(value)) if is_number or isinstance(value, str) else None
        if not found:
            self.complain(
                key,
                f"`{key}` is {_cited(value)}, which is no duration.",
                f"Write for example `{key}: 30s`, `5m`, `2h` or `1d`.",
            )
            return default
        return found

    def choice(self, key: str, kind: type[_Choice], default: _Choice) -> _Choice:
        """Return one of a closed set."""
        value = self.raw(key)
        if value is None:
            return default
        if value not in tuple(kind):
            offered = ", ".join(f"`{one}`" for one in kind)
            self.complain(key, f"`{key}` cannot be {_cited(value)}.", f"Use one of {offered}.")
            return default
        return kind(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; a single text is a list of one."""
        value = self.raw(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, Sequence):
            self._wrong(key, value, "a list of texts", f"Write `{key}: [one, another]`.")
            return ()
        return tuple(self._listed(key, number, item) for number, item in enumerate(value))

    def items(self, key: str, hint: str) -> int:
        """Return how many items the list of a key has; 0 when it is missing or no list."""
        value = self.raw(key)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return len(value)
        if value is not None:
            self._wrong(key, value, "a list", hint)
        return 0

    def names(self, key: str, hint: str) -> Iterator[str]:
        """Yield the keys of the mapping that a key holds."""
        value = self.raw(key)
        if isinstance(value, Mapping):
            yield from value
        elif value is not None:
            self._wrong(key, value, "a mapping", hint)

    def inner(self, *keys: str | int, what: str, hint: str = _KEYS) -> "Section":
        """Return the section below some keys; `hint` says how to write it when it is no mapping."""
        self._asked[str(keys[0])] = None
        return Section(self.document, (*self.path, *keys), self._complaints, what, hint)

    def finish(self) -> None:
        """Complain about keys that nobody asked for."""
        for key in self.data:
            if key not in self._asked:
                problem = f"{self.what[:1].upper()}{self.what[1:]} has no key `{key}`."
                self.complain(key, problem, close_to(key, list(self._asked)))

    def _listed(self, key: str, number: int, item: Json) -> str:
        if isinstance(item, bool):
            return "true" if item else "false"
        if isinstance(item, str | int | float):
            return str(item)
        path = (*self.path, key, number)
        problem = f"Item {number + 1} of `{key}` is {kind_of(item)}, but a text is expected."
        line = self.document.line(path)
        self._complaints.append(Complaint(self.document.file, line, problem, _QUOTE))
        return ""

    def _wrong(self, key: str, value: Json, wanted: str, remedy: str) -> None:
        problem = f"`{key}` is {kind_of(value)}, but {wanted} is expected."
        self.complain(key, problem, remedy or f"Write `{key}: …` with {wanted}.")


_QUOTE = 'Put it in quotes, such as "{{ inputs.service }}".'


def _cited(value: Json) -> str:
    return f"`{value}`" if isinstance(value, str | int | float) else kind_of(value)
