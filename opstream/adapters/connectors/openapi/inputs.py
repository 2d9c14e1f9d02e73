"""The arguments of an operation: one schema for all of them, and where each goes in the request. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from opstream.adapters.connectors.openapi import naming
from opstream.adapters.connectors.openapi.document import (
    CannotFollow,
    followed,
    listed,
    mapping,
    text_of,
)
from opstream.adapters.connectors.openapi.schemas import Schemas, shortened
from opstream.domain.values import Json, JsonObject

BODY = "body"
KEY_HEADERS = {"idempotency-key", "x-idempotency-key"}
_OURS = {"accept", "content-type", "authorization", "content-length", "host", "connection"}
_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_IN_PATH = re.compile(r"\{([^{}]+)\}")
_LONGEST_TEXT = 300
_PREFERRED = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain",
)  # fmt: skip


class Place(StrEnum):
    """Where an argument goes."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Field:
    """An argument of the call, and what it is in the request.

    Args:
        name: In the request; empty for a whole body.
        style: How lists and objects are written, as OpenAPI names it.
        as_json: Whether it is written as JSON.
        default: What the service takes where nothing is given, as far as the description says.
        least: The smallest number that it may be, if it is one.
    """

    argument: str
    place: Place
    name: str
    style: str = "simple"
    explode: bool = False
    as_json: bool = False
    default: Json = None
    least: Json = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """All arguments of an operation.

    Args:
        media: The type of the body; empty where there is none.
        key_header: The header that takes an idempotency key; empty where there is none.
        files: Fields of a form that take a file.
    """

    schema: JsonObject
    fields: tuple[Field, ...]
    media: str = ""
    key_header: str = ""
    files: tuple[str, ...] = ()


def inputs(
    document: JsonObject, schemas: Schemas, path: str, shared: Json, operation: JsonObject
) -> Inputs:
    """Return the arguments of an operation.

    Args:
        path: With `{names}` in it; one that nobody describes is a text.
        shared: The parameters that the path has for all of its operations.

    Raises:
        CannotFollow: a reference leads nowhere.
    """
    making = _Making(schemas)
    for one in _parameters(document, path, shared, operation):
        making.parameter(one)
    body = followed(document, operation.get("requestBody"))
    if body:
        making.body(document, body)
    return making.whole()


def _parameters(
    document: JsonObject, path: str, shared: Json, operation: JsonObject
) -> Sequence[JsonObject]:
    """Return the parameters; those of the operation go before those of the path."""
    found: dict[tuple[str, str], JsonObject] = {
        ("path", name): {"name": name, "in": "path", "schema": {"type": "string"}}
        for name in _IN_PATH.findall(path)
    }
    for one in (*listed(shared), *listed(operation.get("parameters"))):
        parameter = followed(document, one)
        name, place = text_of(parameter.get("name")), text_of(parameter.get("in"))
        if not name or place not in _STYLES:
            raise CannotFollow("one of its parameters has no `name`, or no place that `in` can be")
        found[place, name] = parameter
    return list(found.values())


class _Making:
    """The arguments as they come together."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._properties: dict[str, Json] = {}
        self._needed: list[str] = []
        self._fields: list[Field] = []
        self._media = ""
        self._key_header = ""
        self._files: tuple[str, ...] = ()

    def parameter(self, one: JsonObject) -> None:
        name, place = text_of(one["name"]), Place(text_of(one["in"]))
        if place is Place.HEADER and name.lower() in KEY_HEADERS:
            self._key_header = name
            return
        if place is Place.HEADER and name.lower() in _OURS:
            return
        content = mapping(one.get("content"))
        media = next(iter(content.values()), None) if content else one
        schema = dict(self._schemas.plain(mapping(media).get("schema")))
        _describe(schema, one)
        style = text_of(one.get("style")) or _STYLES[place.value]
        explode = one.get("explode")
        field = Field(
            argument=naming.argument(name, self._properties, place.value),
            place=place,
            name=name,
            style=style,
            explode=explode if isinstance(explode, bool) else style == "form",
            as_json=bool(content),
            default=schema.get("default"),
            least=schema.get("minimum"),
        )
        self._add(field, schema, needed=one.get("required") is True or place is Place.PATH)

    def body(self, document: JsonObject, body: JsonObject) -> None:
        content = mapping(body.get("content"))
        self._media = _media(list(content))
        if not self._media:
            return
        written = followed(document, mapping(content[self._media]).get("schema"))
        schema = self._schemas.plain(mapping(content[self._media]).get("schema"))
        self._files = _files(written)
        needed = body.get("required") is True
        if self._can_be_flat(schema, needed=needed):
            for name, one in mapping(schema["properties"]).items():
                argument = naming.argument(name, self._properties, BODY)
                field = Field(argument, Place.BODY, name)
                self._add(field, one, needed=name in listed(schema.get("required")))
            return
        whole = dict(schema)
        _describe(whole, body)
        self._add(
            Field(naming.argument(BODY, self._properties, "request"), Place.BODY, ""),
            whole,
            needed=needed,
        )

    def _can_be_flat(self, schema: JsonObject, *, needed: bool) -> bool:
        properties = mapping(schema.get("properties"))
        is_plain = schema.get("type", "object") == "object" and not (
            {"allOf", "anyOf", "not", "if", "patternProperties"} & schema.keys()
        )
        is_closed = schema.get("additionalProperties", False) is False
        may_be_left_out = needed or not schema.get("required")
        clash = any(name in self._properties for name in properties)
        return bool(properties) and is_plain and is_closed and may_be_left_out and not clash

    def _add(self, field: Field, schema: Json, *, needed: bool) -> None:
        self._fields.append(field)
        self._properties[field.argument] = schema
        if needed:
            self._needed.append(field.argument)

    def whole(self) -> Inputs:
        schema: dict[str, Json] = {
            "type": "object",
            "properties": self._properties,
            "additionalProperties": False,
        }
        if self._needed:
            schema["required"] = self._needed
        fields = tuple(self._fields)
        return Inputs(schema, fields, self._media, self._key_header, self._files)


def _describe(schema: dict[str, Json], one: JsonObject) -> None:
    if said := text_of(one.get("description")):
        schema["description"] = shortened(said, _LONGEST_TEXT)
    if "example" in one and "examples" not in schema:
        schema["examples"] = [one["example"]]


def _media(kinds: Sequence[str]) -> str:
    """Return the type of body to send: JSON if it can be."""
    plain = {one.partition(";")[0].strip().lower(): one for one in reversed(kinds)}
    for wanted in _PREFERRED:
        if wanted in plain:
            return plain[wanted]
    json_like = [one for name, one in plain.items() if name.endswith("+json")]
    if json_like:
        return json_like[-1]
    return plain.get("*/*") or (kinds[0] if kinds else "")


def _files(schema: JsonObject) -> tuple[str, ...]:
    properties = mapping(schema.get("properties"))
    return tuple(
        name
        for name, one in properties.items()
        if mapping(one).get("format") == "binary" or "contentMediaType" in mapping(one)
    )
