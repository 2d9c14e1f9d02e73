"""What a function's signature and docstring say about its arguments, by way of pydantic.

pydantic builds a model the first time an operation is looked at, not when a connector is imported.
An argument that may be any plain data is annotated `object`.
"""

import inspect
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import PydanticUserError

from opstream.domain.values import Json, JsonObject
from opstream.errors import BadInput, OperationFailed
from opstream.offering import Function, IdempotencyKey, Secrets
from opstream.ports import ProgressListener

_SECTIONS = re.compile(r"\n\s*\n(?=(?:Args|Returns|Raises|Source):)")
_ARGUMENT = re.compile(r"\s{4}(\w+): (.*)")


@dataclass(frozen=True, slots=True)
class Documentation:
    """A docstring: what is said of the function, and of each argument."""

    text: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What we fill in for the parameters that ask for it by their types."""

    secrets: Secrets
    listener: ProgressListener
    key: IdempotencyKey


_OURS = (Secrets, ProgressListener, IdempotencyKey)


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
    """Return the JSON Schema of a function's arguments, those left out that we fill in.

    Raises:
        BadInput: a type of a parameter cannot be used; the sentence names the function.
    """
    try:
        schema: dict[str, Json] = _model(function).model_json_schema()
    except (NameError, TypeError, PydanticUserError) as error:
        reason = str(error).splitlines()[0]
        raise BadInput(
            f"The types of the parameters of `{function.__name__}` cannot be used: {reason}. "
            "Use plain types, dataclasses or pydantic models that stand in the same module."
        ) from error
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
    names = {field: one.alias or field for field, one in type(parsed).model_fields.items()}
    return {names[field]: getattr(parsed, field) for field in parsed.model_fields_set}


def takes_key(function: Function) -> bool:
    """Whether a function asks for the key that makes a repeated call harmless."""
    return IdempotencyKey in _parameters(function).values()


def injected(function: Function, given: Given) -> dict[str, object]:
    """Return the arguments that we fill in, by the types of the parameters."""
    by_type = {Secrets: given.secrets, ProgressListener: given.listener, IdempotencyKey: given.key}
    kinds = _parameters(function).items()
    return {name: by_type[kind] for name, kind in kinds if kind in _OURS}


@cache
def _model(function: Function) -> type[BaseModel]:
    """Return a model whose fields are numbered, so that a parameter may have any name."""
    told = documentation(function).arguments
    written = inspect.signature(function).parameters
    fields: dict[str, typing.Any] = {}
    for number, (name, kind) in enumerate(_parameters(function).items()):
        if kind not in _OURS:
            default = written[name].default
            default = ... if default is inspect.Parameter.empty else default
            described = Field(default, alias=name, description=told.get(name))
            fields[f"argument_{number}"] = (kind, described)
    return create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)


@cache
def _parameters(function: Function) -> Mapping[str, object]:
    hints = typing.get_type_hints(function)
    return {name: hints[name] for name in inspect.signature(function).parameters}
