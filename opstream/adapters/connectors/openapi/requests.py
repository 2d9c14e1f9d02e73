"""A call as an HTTP request: each argument where it belongs, written as the description wants it. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

from opstream.adapters.connectors.openapi.inputs import Field, Inputs, Place
from opstream.adapters.connectors.openapi.tools import Tool
from opstream.domain.values import Json, JsonObject
from opstream.errors import OperationFailed

Pairs = tuple[tuple[str, str], ...]
Writer = Callable[[str], str]
_GAPS = {"spaceDelimited": " ", "pipeDelimited": "|"}
_PORTS = {"http": 80, "https": 443}
_CONTROLS = {*map(chr, range(32)), "\x7f"} - {"\t"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `query` comes on top of what the address has already."""

    method: str
    url: str
    query: Pairs = ()
    headers: Pairs = field(default=(), repr=False)
    cookies: Pairs = field(default=(), repr=False)
    content: bytes | None = None
    data: Pairs = ()
    files: tuple[tuple[str, bytes], ...] = ()

    def with_query(self, changes: Mapping[str, str]) -> "Request":
        """Return it with some names of the query said anew."""
        kept = tuple(one for one in self.query if one[0] not in changes)
        return replace(self, query=(*kept, *changes.items()))


def request(tool: Tool, base: str, arguments: Mapping[str, Json], key: str) -> Request:
    """Return the request of a call.

    Args:
        base: Address of the API.
        key: Makes a repeated call harmless, where the API takes one.

    Raises:
        OperationFailed: an argument cannot be written into a request.
    """
    path, pairs = tool.path, {place: list[tuple[str, str]]() for place in Place}
    for one in tool.inputs.fields:
        value = arguments.get(one.argument)
        if value is None or one.place is Place.BODY:
            continue
        if one.place is Place.PATH:
            path = path.replace(f"{{{one.name}}}", _in_path(tool, one, value))
        else:
            pairs[one.place] += _pairs(one, value)
    for name, text in (*pairs[Place.HEADER], *pairs[Place.COOKIE]):
        if _CONTROLS & set(text):
            raise _unusable(tool, f"`{name}` holds a line break, which no header can")
    if tool.inputs.key_header:
        pairs[Place.HEADER].append((tool.inputs.key_header, key))
    ready = Request(
        tool.method,
        f"{base.rstrip('/')}/{path.lstrip('/')}",
        tuple(pairs[Place.QUERY]),
        tuple(pairs[Place.HEADER]),
        tuple(pairs[Place.COOKIE]),
    )
    return _with_body(ready, tool.inputs, arguments)


def origin(url: str) -> tuple[str, str, int]:
    """Return what browsers call the origin of an address: scheme, host and port (RFC 6454)."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0)


def _in_path(tool: Tool, one: Field, value: Json) -> str:
    text = _in_style(one, value, lambda each: quote(each, safe=""))
    if text in ("", ".", ".."):
        raise _unusable(tool, f"`{one.argument}` is part of the address and cannot be {value!r}")
    return text


def _in_style(one: Field, value: Json, written: Writer) -> str:
    """Return a value in the styles simple, label and matrix (OpenAPI 3.1, 4.8.12.2)."""
    glue = "." if one.style == "label" else ";" if one.style == "matrix" else ","
    glue = glue if one.explode or one.style == "simple" else ","
    named = f"{one.name}=" if one.style == "matrix" else ""
    if isinstance(value, Mapping):
        parts = [
            f"{written(name)}{'=' if one.explode else ','}{written(_text(each))}"
            for name, each in value.items()
        ]
        named = "" if one.explode else named
    elif isinstance(value, Sequence) and not isinstance(value, str):
        parts = [written(_text(each)) for each in value]
        if one.style == "matrix" and one.explode:
            parts, named = [f"{one.name}={each}" for each in parts], ""
    else:
        parts = [written(_text(value))]
    front = {"label": ".", "matrix": ";"}.get(one.style, "")
    return f"{front}{named}{glue.join(parts)}"


def _pairs(one: Field, value: Json) -> list[tuple[str, str]]:
    """Return the names and texts of an argument in the query, a header or a cookie."""
    if one.as_json:
        return [(one.name, json.dumps(value, ensure_ascii=False))]
    if one.place is Place.HEADER:
        return [(one.name, _in_style(one, value, str))]
    if isinstance(value, Mapping):
        return _of_object(one, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        texts = [_text(each) for each in value]
        if one.explode and one.style == "form":
            return [(one.name, each) for each in texts]
        return [(one.name, _GAPS.get(one.style, ",").join(texts))] if texts else []
    return [(one.name, _text(value))]


def _of_object(one: Field, value: JsonObject) -> list[tuple[str, str]]:
    if one.style == "deepObject":
        return [(f"{one.name}[{name}]", _text(each)) for name, each in value.items()]
    if one.explode:
        return [(name, _text(each)) for name, each in value.items()]
    parts = [part for name, each in value.items() for part in (name, _text(each))]
    return [(one.name, ",".join(parts))]


def _with_body(ready: Request, taken: Inputs, arguments: Mapping[str, Json]) -> Request:
    given = [one for one in taken.fields if one.place is Place.BODY and one.argument in arguments]
    if not given:
        return ready
    whole = next((arguments[one.argument] for one in given if not one.name), None)
    body = {one.name: arguments[one.argument] for one in given} if whole is None else whole
    media = taken.media.partition(";")[0].strip().lower()
    if media == "application/x-www-form-urlencoded" and isinstance(body, Mapping):
        return replace(ready, data=_form(body))
    if media == "multipart/form-data" and isinstance(body, Mapping):
        files = tuple((name, _bytes(body[name])) for name in taken.files if name in body)
        rest = {name: each for name, each in body.items() if name not in taken.files}
        return replace(ready, data=_form(rest), files=files)
    if media in ("*/*", "application/json") or media.endswith("+json") or not isinstance(body, str):
        media = "application/json" if media == "*/*" else taken.media
        body = json.dumps(body, ensure_ascii=False)
    return replace(ready, content=body.encode(), headers=(*ready.headers, ("Content-Type", media)))


def _form(body: JsonObject) -> Pairs:
    pairs: list[tuple[str, str]] = []
    for name, value in body.items():
        if isinstance(value, Sequence) and not isinstance(value, str):
            pairs += [(name, _text(one)) for one in value]
        elif value is not None:
            pairs.append((name, _text(value)))
    return tuple(pairs)


def _bytes(value: Json) -> bytes:
    return (value if isinstance(value, str) else json.dumps(value)).encode()


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False)


def _unusable(tool: Tool, why: str) -> OperationFailed:
    sentence = f"`{tool.operation.name}` was not called: {why}."
    return OperationFailed(sentence, kind="invalid", retryable=False)
