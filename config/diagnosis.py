"""Turn what pydantic finds wrong into faults that name their place and what to write instead."""

import difflib
from collections.abc import Iterator, Mapping
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from config.assembly import SECRETS, SLACK_NAMES, Assembly
from config.faults import Fault
from config.reading import Keys, Reading

_PROBLEMS: Mapping[str, str] = {
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "string_type": "is not a text",
    "literal_error": "is not one of the choices",
    "tuple_type": "is not a list",
    "mapping_type": "is not a list of keys with values",
    "model_type": "is not a group of keys with values",
    "path_type": "is not a path",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too big",
    "string_pattern_mismatch": "is not a name that can be used",
    "string_too_long": "is too long",
}


def faults_of(model: type[BaseModel], error: ValidationError, read: Assembly) -> Iterator[Fault]:
    """Turn what pydantic found into faults that say where and what to write."""
    for detail in error.errors(include_url=False):
        if detail["type"] == "names_itself":
            yield Fault("", "", detail["msg"], "")
            continue
        keys = tuple(str(part) for part in detail["loc"] if part != "[key]")
        if detail["type"] == "extra_forbidden":
            yield from _unknown(model, keys, read.origins)
            continue
        origin = _origin(keys, read.origins)
        problem, remedy = _sentences(model, detail, keys, origin.value)
        yield Fault(origin.place, origin.written_as, problem, remedy)


def _origin(keys: Keys, origins: Mapping[Keys, Reading]) -> Reading:
    for length in range(len(keys), 0, -1):
        if keys[:length] in origins:
            return origins[keys[:length]]
        below = [one for place, one in origins.items() if place[:length] == keys[:length]]
        if below:
            first = below[0]
            group = first.written_as.rsplit(".", len(first.keys) - length)[0]
            return Reading(keys[:length], None, first.place, group)
    return Reading(keys, None, "settings", ".".join(keys))


def _sentences(
    model: type[BaseModel], detail: ErrorDetails, keys: Keys, written: object
) -> tuple[str, str]:
    field = _field(model, keys)
    extra = field.json_schema_extra if field else None
    remedy = f"Write {extra['write']}." if isinstance(extra, dict) else ""
    if detail["type"] == "value_error":
        sentence = str(detail["ctx"]["error"])
        return sentence, "" if ". " in sentence else remedy  # longer ones name their remedy
    problem = _PROBLEMS.get(detail["type"])
    if problem is None:
        return f"{detail['msg']}.", remedy
    if any(key in SECRETS for key in keys):
        return f"The value {problem}.", remedy
    shown = written if isinstance(written, str) else str(detail["input"])
    return f"`{shown[:60]}{'…' if len(shown) > 60 else ''}` {problem}.", remedy


def _unknown(
    model: type[BaseModel], keys: Keys, origins: Mapping[Keys, Reading]
) -> Iterator[Fault]:
    # A group of the Slack file is known as such: what is unknown stands in it.
    is_group = any(old[: len(keys)] == keys for old in SLACK_NAMES)
    inside = [one for one in origins if is_group and one[: len(keys)] == keys]
    for unknown in inside or [keys]:
        origin = _origin(unknown, origins)
        remedy = _meant(model, unknown)
        yield Fault(origin.place, origin.written_as, "There is no such setting.", remedy)


def _meant(model: type[BaseModel], keys: Keys) -> str:
    known = _siblings(model, keys)
    close = difflib.get_close_matches(keys[-1], known, n=1)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Use one of {', '.join(f'`{name}`' for name in known)}, or take it out."


def _siblings(model: type[BaseModel], keys: Keys) -> list[str]:
    named = [old[len(keys) - 1] for old in SLACK_NAMES if old[: len(keys) - 1] == keys[:-1]]
    field = _field(model, keys[:-1]) if keys[:-1] else None
    branch = _model_in(field.annotation) if field else model
    settable = branch.model_fields if branch else {}
    return list(dict.fromkeys([*named, *(name for name in settable if name != "notes")]))


def _field(model: type[BaseModel], keys: Keys) -> FieldInfo | None:
    found = None
    branch: type[BaseModel] | None = model
    for key in keys:
        field = branch.model_fields.get(key) if branch else None
        if field is not None:
            found, branch = field, _model_in(field.annotation)
    return found


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((one for one in map(_model_in, get_args(annotation)) if one), None)
