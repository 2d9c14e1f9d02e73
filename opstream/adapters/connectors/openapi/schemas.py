"""Schemas of a description as plain JSON Schema: no references, no dialect of an older version. Pure.

A reference is replaced by what it leads to. Where schemas refer to each other in a circle, or an operation
would take more than a model can be shown, a plain object stands: anything fits there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from opstream.adapters.connectors.openapi.document import listed, mapping, text_of
from opstream.adapters.connectors.openapi.references import References
from opstream.domain.values import Json, JsonObject

_ANY: JsonObject = {}
_MOST_PARTS = 1_000
_LONGEST_TEXT = 300
_LONGEST_PATTERN = 300
_DEEPEST = 60
_LEFT_OUT = {
    "$ref", "xml", "externalDocs", "discriminator", "example", "nullable", "readOnly", "writeOnly",
    "$id", "$schema", "$anchor", "$dynamicRef", "$dynamicAnchor", "$comment", "$defs", "definitions",
}  # fmt: skip
_ONE = {"items", "not", "contains", "propertyNames", "if", "then", "else", "additionalProperties"}
_SEVERAL = {"allOf", "anyOf", "oneOf", "prefixItems"}
_NAMED = {"properties", "patternProperties", "dependentSchemas"}


@dataclass(slots=True)
class _Place:
    """Where in the description a schema is being made, and how many parts it has so far.

    Args:
        inside: The reference that led here; empty at the top.
        turns: How often it may still go on among schemas that refer to each other in a circle.
    """

    inside: str = ""
    turns: int = 1
    parts: int = 0


class Schemas:
    """The schemas of one description; what is referred to is made once."""

    def __init__(self, document: JsonObject) -> None:
        self._references = References(document)
        self._made: dict[tuple[str, int], tuple[JsonObject, int]] = {}
        self._deep = 0
        self._cut = 0

    def plain(self, schema: Json) -> JsonObject:
        """Return a schema without references; a schema that is none allows anything."""
        return self._schema(schema, _Place())

    def _schema(self, value: Json, place: _Place) -> JsonObject:
        if not isinstance(value, Mapping):
            return {"not": {}} if value is False else _ANY
        place.parts += 1
        if place.parts > _MOST_PARTS:
            return _ANY
        if self._deep > _DEEPEST:
            self._cut += 1
            return _ANY
        self._deep += 1
        try:
            reference = value.get("$ref")
            if not isinstance(reference, str):
                return self._own(value, place)
            found = self._referred(reference, place)
            beside = {name: one for name, one in value.items() if name not in ("$ref", "summary")}
            return {**found, **self._own(beside, place)} if beside else found
        finally:
            self._deep -= 1

    def _referred(self, reference: str, place: _Place) -> JsonObject:
        turns = 1
        if place.inside and self._references.lead_back(reference, place.inside):
            if place.turns == 0 or reference == place.inside:
                return {"type": "object"}
            turns = place.turns - 1
        found, parts = self._made_of(reference, turns)
        place.parts += parts
        return found if place.parts <= _MOST_PARTS else _ANY

    def _made_of(self, reference: str, turns: int) -> tuple[JsonObject, int]:
        known = self._made.get((reference, turns))
        if known is not None:
            return known
        place, cut = _Place(reference, turns), self._cut
        made = self._schema(self._references.to(reference), place), place.parts
        if cut == self._cut:  # it looks the same wherever it is used
            self._made[reference, turns] = made
        return made

    def _own(self, value: JsonObject, place: _Place) -> JsonObject:
        kept: dict[str, Json] = {}
        for name, one in value.items():
            if name in _LEFT_OUT or name.startswith("x-"):
                continue
            if name in _ONE:
                kept[name] = one if isinstance(one, bool) else self._schema(one, place)
            elif name in _SEVERAL:
                kept[name] = [self._schema(part, place) for part in listed(one)]
            elif name in _NAMED:
                kept[name] = self._properties(one, place)
            elif name == "required":
                kept[name] = _for_us(one, value)
            else:
                kept[name] = one
        return _merged(_modern(kept, value))

    def _properties(self, found: Json, place: _Place) -> JsonObject:
        return {
            name: self._schema(one, place)
            for name, one in mapping(found).items()
            if mapping(one).get("readOnly") is not True
        }


def _for_us(needed: Json, schema: JsonObject) -> Json:
    """Return the names that must be given, without those that only the service fills in."""
    if isinstance(needed, bool):
        return needed
    properties = mapping(schema.get("properties"))
    return [
        name
        for name in listed(needed)
        if mapping(properties.get(text_of(name))).get("readOnly") is not True
    ]


def _modern(kept: dict[str, Json], written: JsonObject) -> dict[str, Json]:
    """Return a schema with the words of OpenAPI 3.0 said as JSON Schema says them."""
    for bound, word in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        strict = kept.get(word)
        if isinstance(strict, bool):
            del kept[word]
            if strict and bound in kept:
                kept[word] = kept.pop(bound)
    if written.get("nullable") is True:
        _with_null(kept)
    if "example" in written:
        kept.setdefault("examples", [written["example"]])
    if isinstance(said := kept.get("description"), str):
        kept["description"] = shortened(said, _LONGEST_TEXT)
    if kept.get("type") == "file":
        kept["type"] = "string"
    return {name: one for name, one in kept.items() if not _is_broken(name, one)}


def _is_broken(word: str, value: Json) -> bool:
    """Whether a word of a schema stands there in a way that no validator takes."""
    match word:
        case "pattern":
            return not _usable(text_of(value))
        case "required":
            return not isinstance(value, list) or not value
        case "examples":
            return not isinstance(value, list)
    return False


def _with_null(kept: dict[str, Json]) -> None:
    kind = kept.get("type")
    if isinstance(kind, str):
        kept["type"] = [kind, "null"]
    choices = kept.get("enum")
    if isinstance(choices, Sequence) and not isinstance(choices, str) and None not in choices:
        kept["enum"] = [*choices, None]
    for word in ("anyOf", "oneOf"):
        if word in kept:
            kept[word] = [*listed(kept[word]), {"type": "null"}]


@lru_cache(maxsize=1024)
def _usable(pattern: str) -> bool:
    """Whether a pattern, which is JavaScript's, means something in Python too."""
    if len(pattern) > _LONGEST_PATTERN:
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _merged(kept: dict[str, Json]) -> dict[str, Json]:
    """Return a schema with the parts of `allOf` in one, where all are plain objects.

    `oneOf` becomes `anyOf`: descriptions rarely see to it that their choices exclude each other.
    """
    if "oneOf" in kept:
        choices = kept.pop("oneOf")
        kept["anyOf"] = [*listed(kept.get("anyOf")), *listed(choices)]
    parts = [mapping(one) for one in listed(kept.get("allOf"))]
    if not parts:
        kept.pop("allOf", None)
        return kept
    if len(parts) == 1 and kept.keys() <= {"allOf", "description", "title", "default", "examples"}:
        return {**parts[0], **{name: one for name, one in kept.items() if name != "allOf"}}
    own = {name: one for name, one in kept.items() if name != "allOf"}
    whole = [*parts, own]
    if not all(_is_object(one) for one in parts):
        return kept
    properties: dict[str, Json] = {}
    needed: list[Json] = []
    merged: dict[str, Json] = {"type": "object"}
    for one in whole:
        properties |= mapping(one.get("properties"))
        needed += [name for name in listed(one.get("required")) if name not in needed]
        merged |= {k: v for k, v in one.items() if k not in ("properties", "required", "type")}
    merged |= {"properties": properties} if properties else {}
    return merged | ({"required": needed} if needed else {})


_OF_OBJECTS = {
    "type", "properties", "required", "description", "title", "default", "examples", "deprecated",
}  # fmt: skip


def _is_object(schema: JsonObject) -> bool:
    return schema.get("type", "object") == "object" and schema.keys() <= _OF_OBJECTS


def shortened(text: str, most: int) -> str:
    """Return a text in one paragraph, cut at the end of a word."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    return f"{line[:most].rpartition(' ')[0] or line[:most]}…"
