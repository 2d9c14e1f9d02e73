"""What a function's signature and docstring say about its arguments, by way of pydantic.

pydantic builds a model the first time an operation is looked at, not when a connector is imported.
An argument that may be any plain data is annotated `object`.
"""

import inspect
import re
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from opstream.domain.values import Json, JsonObject
from opstream.errors import OperationFailed
from opstream.ports import ProgressListener

Function = Callable[..., Awaitable[object]]

_SECTIONS = re.compile(r"\n\s*\n(?=(?:Args|Returns|Raises|Source):)")
_ARGUMENT = re.compile(r"\s{4}(\w+): (.*)")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets a connector asked for, by name."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> str:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Documentation:
    """A docstring: what is said of the function, and of each argument."""

    text: str
    arguments: Mapping[str, str]


_OURS = (Secrets, ProgressListener)


def documentation(function: Function) -> Documentation:
    """Return what a Google-style docstring says, without its sections for programmers."""
    text, *sections = _SECTIONS.split(inspect.getdoc(function) or "")
    listed = next((one for one in sections if one.startswith("Args:")), "")
    arguments: dict[str, str] = {}
    name = ""
    for line in listed.splitlines()[1:]:
        if begun := _ARGUMENT.fullmatch(line):
            name = begun[1]
            arguments[name] = begun[2]
        elif name and line.strip():
            arguments[name] += f" {line.strip()}"
    return Documentation(text.strip(), arguments)


def inputs(function: Function) -> JsonObject:
    """Return the JSON Schema of a function's arguments, those left out that we fill in."""
    schema: dict[str, Json] = _model(function).model_json_schema()
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        schema["properties"] = {
            name: {key: value for key, value in one.items() if key != "title"}
            for name, one in properties.items()
            if isinstance(one, Mapping)
        }
    return {key: value for key, value in schema.items() if key != "title"}


def typed(function: Function, arguments: Mapping[str, Json]) -> dict[str, object]:
    """Return the arguments as the types that the function asks for.

    Raises:
        OperationFailed: a value does not fit.
    """
    try:
        parsed = _model(function).model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise OperationFailed(
            f"`{name}` does not fit: {first['msg']}.", kind="invalid", retryable=False
        ) from error
    return {name: getattr(parsed, name) for name in parsed.model_fields_set}


def injected(function: Function, secrets: Secrets, listener: ProgressListener) -> dict[str, object]:
    """Return the arguments that we fill in, by the types of the parameters."""
    given: dict[str, object] = {}
    for name, kind in _parameters(function).items():
        if kind == Secrets:
            given[name] = secrets
        elif kind == ProgressListener:
            given[name] = listener
    return given


@cache
def _model(function: Function) -> type[BaseModel]:
    told = documentation(function).arguments
    defaults = inspect.signature(function).parameters
    fields: dict[str, typing.Any] = {}
    for name, kind in _parameters(function).items():
        if kind not in _OURS:
            default = defaults[name].default
            missing = default is inspect.Parameter.empty
            described = Field(... if missing else default, description=told.get(name))
            fields[name] = (kind, described)
    return create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)


@cache
def _parameters(function: Function) -> Mapping[str, object]:
    hints = typing.get_type_hints(function)
    return {name: hints[name] for name in inspect.signature(function).parameters}
