"""A description as tools: what each is called, takes and does, and how it is asked for. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from opstream.adapters.connectors.openapi import naming
from opstream.adapters.connectors.openapi.document import (
    CannotFollow,
    followed,
    listed,
    mapping,
    text_of,
)
from opstream.adapters.connectors.openapi.inputs import Inputs, inputs
from opstream.adapters.connectors.openapi.naming import Named
from opstream.adapters.connectors.openapi.paging import is_paged
from opstream.adapters.connectors.openapi.schemas import Schemas, shortened
from opstream.adapters.connectors.openapi.settings import Api
from opstream.domain.operation import Operation, Repeat
from opstream.domain.values import Json, JsonObject

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_READING = {"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"}
_HARMLESS_TWICE = {"PUT", "DELETE"}
_LONGEST_TITLE, _LONGEST_TEXT = 80, 600
_PAGED = " All pages come together as `results`, with `more: true` when there are still more."
_PAGED_OBJECT = " All pages come together, with `paging.more: true` when there are still more."


@dataclass(frozen=True, slots=True)
class Tool:
    """One operation of an API, and how it is asked for.

    Args:
        path: With `{names}` in it.
        server: Address of its own server; empty for the one of the API.
        security: Sets of scheme names; any of them will do, an empty one needs nothing.
        scopes: What OAuth 2 has to allow, by scheme.
    """

    operation: Operation
    method: str
    path: str
    inputs: Inputs
    server: str = ""
    security: tuple[tuple[str, ...], ...] = ()
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of an API.

    Args:
        server: Where it is, as the description says; may be relative.
        schemes: The security schemes, by name.
        left_out: What could not become a tool, and why.
    """

    tools: Mapping[str, Tool]
    server: str
    schemes: Mapping[str, JsonObject]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Written:
    """An operation as it is written, and what its path has for all."""

    named: Named
    operation: JsonObject
    path: JsonObject


def toolbox(document: JsonObject, api: Api) -> Toolbox:
    """Return what an API can do, as its settings want it."""
    schemas = Schemas(document)
    left_out: list[str] = []
    written = list(_operations(document, left_out))
    called = naming.names(api.name, [one.named for one in written])
    tools: dict[str, Tool] = {}
    for one in written:
        name = called[one.named]
        if not _is_wanted(api.only, name, one):
            continue
        try:
            tools[f"{api.name}.{name}"] = _tool(document, schemas, api, name, one)
        except CannotFollow as error:
            left_out.append(f"{one.named.method} {one.named.path}: {error}")
    schemes = mapping(mapping(document.get("components")).get("securitySchemes"))
    return Toolbox(
        tools,
        _server(document),
        {name: _scheme(document, one) for name, one in schemes.items()},
        tuple(left_out),
    )


def _scheme(document: JsonObject, written: Json) -> JsonObject:
    try:
        return followed(document, written)
    except CannotFollow:
        return {}


def _operations(document: JsonObject, left_out: list[str]) -> Iterator[_Written]:
    for path, item in mapping(document.get("paths")).items():
        try:
            found = followed(document, item)
        except CannotFollow as error:
            left_out.append(f"{path}: {error}")
            continue
        for method in _METHODS:
            if isinstance(operation := found.get(method), Mapping):
                named = Named(method.upper(), path, text_of(operation.get("operationId")))
                yield _Written(named, operation, found)


def _is_wanted(only: Sequence[str], name: str, one: _Written) -> bool:
    said = (
        name,
        one.named.id,
        f"{one.named.method} {one.named.path}",
        *(text_of(tag) for tag in listed(one.operation.get("tags"))),
    )
    return not only or _fits(only, said)


def _fits(patterns: Sequence[str], said: Sequence[str]) -> bool:
    return any(fnmatchcase(text.lower(), one.lower()) for one in patterns for text in said if text)


def _tool(document: JsonObject, schemas: Schemas, api: Api, name: str, one: _Written) -> Tool:
    taken = inputs(document, schemas, one.named.path, one.path.get("parameters"), one.operation)
    writes = _writes(api, name, one.named)
    security = _security(document, one.operation)
    return Tool(
        operation=Operation(
            name=f"{api.name}.{name}",
            title=_title(name, one.operation),
            description=_description(one, _paging_words(document, one, taken)),
            inputs=taken.schema,
            writes=writes,
            repeat=_repeat(one.named.method, taken, writes=writes),
            source=api.name,
        ),
        method=one.named.method,
        path=one.named.path,
        inputs=taken,
        server=_server(one.operation) or _server(one.path),
        security=tuple(tuple(each) for each in security),
        scopes={
            scheme: tuple(map(text_of, listed(scopes)))
            for each in security
            for scheme, scopes in each.items()
        },
    )


def _writes(api: Api, name: str, named: Named) -> bool:
    said = (name, named.id, f"{named.method} {named.path}")
    if _fits(api.writes, said):
        return True
    return named.method not in _READING and not _fits(api.reads, said)


def _repeat(method: str, taken: Inputs, *, writes: bool) -> Repeat:
    """Return whether a call may be made again; HTTP promises it of PUT and DELETE (RFC 9110, 9.2.2)."""
    if not writes or method in _HARMLESS_TWICE:
        return Repeat.ALWAYS
    return Repeat.WITH_KEY if taken.key_header else Repeat.NEVER


def _title(name: str, operation: JsonObject) -> str:
    summary = shortened(text_of(operation.get("summary")), _LONGEST_TITLE).rstrip(".")
    return summary or name.replace("_", " ").capitalize()


def _description(one: _Written, paging: str) -> str:
    told = [text_of(one.operation.get(key)) for key in ("summary", "description")]
    said = dict.fromkeys(" ".join(text.split()).rstrip(".") for text in told if text.strip())
    whole = ". ".join(said)
    text = shortened(f"{whole}." if whole else "", _LONGEST_TEXT)
    old = "Deprecated. " if one.operation.get("deprecated") is True else ""
    return f"{old}{text}{paging} ({one.named.method} {one.named.path})".strip()


def _security(document: JsonObject, operation: JsonObject) -> list[JsonObject]:
    wanted = operation.get("security", document.get("security"))
    return [mapping(one) for one in listed(wanted)]


def _server(of: JsonObject) -> str:
    """Return the first server, with the defaults of its variables filled in."""
    first = mapping(next(iter(listed(of.get("servers"))), None))
    url = text_of(first.get("url"))
    for name, variable in mapping(first.get("variables")).items():
        default = mapping(variable).get("default", "")
        url = url.replace(f"{{{name}}}", str(default))
    return url


def _paging_words(document: JsonObject, one: _Written, taken: Inputs) -> str:
    if not is_paged(one.named.method, taken.fields):
        return ""
    responses = mapping(one.operation.get("responses"))
    try:
        answer = followed(document, responses.get("200"))
        content = mapping(mapping(answer.get("content")).get("application/json"))
        schema = followed(document, content.get("schema"))
    except CannotFollow:
        return ""
    return _PAGED if schema.get("type") == "array" else _PAGED_OBJECT
