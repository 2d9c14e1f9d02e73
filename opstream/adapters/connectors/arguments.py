"""Check the arguments of a call against the operation's schema, before anything leaves the house."""

import re
from collections.abc import Iterator, Mapping, Sequence

from opstream.domain.operation import Operation
from opstream.domain.values import Json, JsonObject
from opstream.errors import OperationFailed

_WHOLE = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def checked(operation: Operation, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """Return the arguments ready to send; a number that was written as text becomes one.

    Raises:
        OperationFailed: an argument does not fit; nothing was called.
    """
    properties = operation.inputs.get("properties")
    schemas = properties if isinstance(properties, Mapping) else {}
    ready = {name: _number(schemas.get(name), value) for name, value in arguments.items()}
    # The library behind it takes a while to import; nobody needs it before the first call.
    from opstream.adapters.connectors.complaints import complaint

    problem = complaint(operation.inputs, ready)
    if problem:
        raise OperationFailed(
            f"`{operation.name}` was not called: {problem}", kind="invalid", retryable=False
        )
    return ready


def _number(schema: Json, value: Json) -> Json:
    """Read a number from a text where the schema takes a number and no text."""
    if not isinstance(value, str) or not isinstance(schema, Mapping):
        return value
    kinds = set(_kinds(schema))
    if "string" in kinds:
        return value
    if "integer" in kinds and _WHOLE.fullmatch(value.strip()):
        return int(value)
    if "number" in kinds and _NUMBER.fullmatch(value.strip()):
        return int(value) if _WHOLE.fullmatch(value.strip()) else float(value)
    return value


def _kinds(schema: JsonObject) -> Iterator[str]:
    kind = schema.get("type")
    if isinstance(kind, str):
        yield kind
    elif isinstance(kind, Sequence):
        yield from (str(one) for one in kind)
    for several in (schema.get("anyOf"), schema.get("oneOf")):
        for one in several if isinstance(several, list | tuple) else ():
            if isinstance(one, Mapping):
                yield from _kinds(one)
