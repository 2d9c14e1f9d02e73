"""What is wrong with arguments by their JSON Schema, in one sentence that says what to write."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from opstream.domain.values import Json, JsonObject

_KINDS = {
    "integer": ("a whole number", "12"),
    "number": ("a number", "0.5"),
    "string": ("a text", "checkout"),
    "boolean": ("true or false", "true"),
    "array": ("a list", "[one, two]"),
    "object": ("an object", "{name: value}"),
    "null": ("empty", "null"),
}


@dataclass(frozen=True, slots=True)
class _Fault:
    """What the library found: a rule of the schema, and the value that breaks it."""

    rule: str
    wanted: Any
    value: Any
    schema: JsonObject
    name: str
    message: str


def complaint(schema: JsonObject, arguments: JsonObject) -> str:
    """Return what is wrong with the arguments, or nothing.

    A schema that is broken itself complains of nothing: the tool will judge its arguments.
    """
    try:
        found = best_match(_validator(json.dumps(schema)).iter_errors(arguments))
    except (SchemaError, Unresolvable):
        return ""
    return _sentence(_fault(found)) if found is not None else ""


@lru_cache(maxsize=512)
def _validator(schema: str) -> Validator:
    parsed = json.loads(schema)
    kind = validator_for(parsed)
    kind.check_schema(parsed)
    return kind(parsed, registry=Registry())  # an empty registry: a `$ref` never fetches anything


def _fault(error: ValidationError) -> _Fault:
    return _Fault(
        rule=str(error.validator),
        wanted=error.validator_value,
        value=error.instance,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        name=".".join(str(part) for part in error.absolute_path) or "the arguments",
        message=error.message,
    )


def _sentence(fault: _Fault) -> str:
    tell = _TELLERS.get(fault.rule)
    return tell(fault) if tell else f"`{fault.name}` does not fit: {fault.message}."


def _properties(fault: _Fault) -> JsonObject:
    properties = fault.schema.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _missing(fault: _Fault) -> str:
    name = next((str(one) for one in fault.wanted if one not in fault.value), "an argument")
    example = _example(_properties(fault).get(name))
    return f"`{name}` is missing; write for example `{name}: {example}`."


def _unknown(fault: _Fault) -> str:
    known = [str(name) for name in _properties(fault)]
    extra = next((str(name) for name in fault.value if name not in known), "an argument")
    close = get_close_matches(extra, known, n=1)
    if close:
        return f"there is no argument `{extra}`; did you mean `{close[0]}`?"
    listed = ", ".join(f"`{name}`" for name in known) or "none at all"
    return f"there is no argument `{extra}`; it takes {listed}."


def _kind(fault: _Fault) -> str:
    kinds = [fault.wanted] if isinstance(fault.wanted, str) else list(fault.wanted)
    words = " or ".join(_KINDS.get(one, (one, ""))[0] for one in kinds)
    return (
        f"`{fault.name}` must be {words}, not {_shown(fault.value)}; "
        f"write for example `{fault.name}: {_example(fault.schema)}`."
    )


def _choice(fault: _Fault) -> str:
    choices = ", ".join(f"`{one}`" for one in list(fault.wanted)[:12])
    return f"`{fault.name}` cannot be {_shown(fault.value)}; write one of {choices}."


def _bound(word: str) -> Callable[[_Fault], str]:
    return lambda fault: f"`{fault.name}` must be {word} {fault.wanted}, not {_shown(fault.value)}."


def _pattern(fault: _Fault) -> str:
    shown = _shown(fault.value)
    return f"`{fault.name}` cannot be {shown}; it must match `{fault.wanted}`."


def _example(schema: Json) -> str:
    if not isinstance(schema, Mapping):
        return "…"
    for given in (schema.get("examples"), schema.get("enum")):
        if isinstance(given, list | tuple) and given:
            return str(given[0])
    if schema.get("default") is not None:
        return str(schema["default"])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list | tuple) and kind else kind
    least = schema.get("minimum")
    if kind in ("integer", "number") and least is not None:
        return str(least)
    return _KINDS.get(str(kind), ("", "…"))[1]


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text if len(text) <= 60 else f"{text[:59]}…"
    return f"the text {text}" if isinstance(value, str) else f"`{text}`"


_TELLERS: Mapping[str, Callable[[_Fault], str]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "type": _kind,
    "enum": _choice,
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("above"),
    "exclusiveMaximum": _bound("below"),
    "pattern": _pattern,
}
