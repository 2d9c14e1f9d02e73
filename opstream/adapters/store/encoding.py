"""Dataclasses of the domain as JSON and back, exactly.

The schema is read off the classes, so a new field needs no line here. It is built on pydantic's core and
not on a `TypeAdapter`, which cannot resolve the recursive `Json` of the domain; what is `Json` there may
be any JSON here.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic_core import (
    PydanticSerializationError,
    SchemaSerializer,
    SchemaValidator,
    ValidationError,
    core_schema,
)
from pydantic_core.core_schema import CoreSchema

from opstream.adapters.store.statements import storable
from opstream.domain.values import Json

# Not-a-number and infinity are no JSON, but Python's own tools write and read them so.
_CONFIG = core_schema.CoreConfig(
    strict=True, ser_json_inf_nan="constants", ser_json_timedelta="iso8601"
)


def serializer_of(cls: type) -> SchemaSerializer:
    """Return what writes a dataclass."""
    return SchemaSerializer(schema_of(cls), _CONFIG)


def validator_of(schema: CoreSchema) -> SchemaValidator:
    """Return what reads values of a schema."""
    return SchemaValidator(schema, _CONFIG)


def encode(serializer: SchemaSerializer, value: object) -> str:
    """Return a value as JSON.

    Raises:
        ValueError: it could not be read again: a field holds what its type does not allow.
        TypeError: it holds something that is no JSON.
    """
    try:
        return serializer.to_json(value, fallback=_plain, warnings="error").decode()
    except PydanticSerializationError:
        plain = serializer.to_python(value, mode="json", fallback=_plain, warnings="error")
        return storable(json.dumps(plain, ensure_ascii=False))


def fault_of(error: ValidationError) -> str:
    """Return what could not be read, and where it stands."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


def _plain(value: object) -> object:
    """Return a mapping or sequence of another make as one that JSON knows."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{value!r} is no JSON")


def _iso(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"{at!r} is naive: nobody would know which moment it means")
    return at.astimezone(UTC).isoformat()


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


_LEAVES: Mapping[object, CoreSchema] = {
    Json: core_schema.any_schema(),
    str: core_schema.str_schema(),
    int: core_schema.int_schema(),
    float: core_schema.float_schema(),
    bool: core_schema.bool_schema(),
    time: core_schema.time_schema(),
    timedelta: core_schema.timedelta_schema(microseconds_precision="error"),
    datetime: core_schema.no_info_after_validator_function(
        _in_utc,
        core_schema.datetime_schema(tz_constraint="aware"),
        serialization=core_schema.plain_serializer_function_ser_schema(_iso),
    ),
}


def _schema(hint: Any) -> CoreSchema:  # noqa: ANN401 - a type annotation may be anything
    if hint in _LEAVES:
        return _LEAVES[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return core_schema.literal_schema(list(args))
    if origin is tuple:
        return core_schema.tuple_variable_schema(_schema(args[0]))
    if origin is Mapping:
        return core_schema.dict_schema(_schema(args[0]), _schema(args[1]))
    if origin in (Union, UnionType):
        return _optional(args)
    if dataclasses.is_dataclass(hint):
        return schema_of(hint)
    if issubclass(hint, Enum):
        return core_schema.enum_schema(hint, list(hint), sub_type="str")
    raise TypeError(f"a field holds {hint!r}, which `encoding.py` cannot store")


def _optional(args: tuple[Any, ...]) -> CoreSchema:
    (only,) = (one for one in args if one is not NoneType)
    return core_schema.nullable_schema(_schema(only))


def schema_of(cls: Any) -> CoreSchema:  # noqa: ANN401 - typeshed has no type for "a dataclass type"
    """Return the schema of a dataclass.

    Raises:
        TypeError: a field is of a type that cannot be kept.
    """
    fields = dataclasses.fields(cls)
    args = core_schema.dataclass_args_schema(
        cls.__name__, [_field(field) for field in fields], extra_behavior="forbid"
    )
    return core_schema.dataclass_schema(
        cls, args, [field.name for field in fields], slots=True, frozen=True
    )


def _field(field: "dataclasses.Field[Any]") -> core_schema.DataclassField:
    schema = _schema(field.type)
    if field.default is not dataclasses.MISSING:
        schema = core_schema.with_default_schema(schema, default=field.default)
    elif field.default_factory is not dataclasses.MISSING:
        schema = core_schema.with_default_schema(schema, default_factory=field.default_factory)
    return core_schema.dataclass_field(field.name, schema, kw_only=False)
