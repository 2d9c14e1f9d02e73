"""What servers offer beside tools, resources and prompts, as operations that only read."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import mcp_types as types
from mcp import Client
from mcp.shared.exceptions import MCPError

from opstream.adapters.mcp.answers import described
from opstream.adapters.mcp.rounds import Send
from opstream.adapters.mcp.session import Extra
from opstream.domain.values import Json

_MOST_PAGES = 100
_RESOURCES = frozenset({Extra.LIST_RESOURCES, Extra.READ_RESOURCE})
_PROMPTS = frozenset({Extra.LIST_PROMPTS, Extra.GET_PROMPT})

Answer = types.ReadResourceResult | types.GetPromptResult


async def offered(client: Client) -> frozenset[Extra]:
    """Return what a server has something of; libraries declare more than there is."""
    capabilities, found = client.server_capabilities, frozenset[Extra]()
    if capabilities.resources is not None and await _has_resources(client):
        found |= _RESOURCES
    if capabilities.prompts is not None and await _filled(client.list_prompts, "prompts"):
        found |= _PROMPTS
    return found


async def listed(client: Client, extra: Extra) -> Json:
    """Return all resources with their templates, or all prompts."""
    if extra is Extra.LIST_PROMPTS:
        return {"prompts": [_prompt(one) for one in await _all(client.list_prompts, "prompts")]}
    templates: list[Any] = []
    try:
        templates = await _all(client.list_resource_templates, "resource_templates")
    except MCPError as error:
        if error.code != types.METHOD_NOT_FOUND:
            raise
    return {
        "resources": [_resource(one) for one in await _all(client.list_resources, "resources")],
        "templates": [_template(one) for one in templates],
    }


def sending(
    client: Client, extra: Extra, arguments: Mapping[str, Json], meta: types.RequestParamsMeta
) -> Send[Answer]:
    """Return what sends a request once."""
    session = client.session

    async def send(
        responses: types.InputResponses | None, state: str | None
    ) -> Answer | types.InputRequiredResult:
        if extra is Extra.READ_RESOURCE:
            return await session.read_resource(
                str(arguments["uri"]),
                input_responses=responses,
                request_state=state,
                meta=meta,
                allow_input_required=True,
            )
        given = arguments.get("arguments")
        filled = given if isinstance(given, Mapping) else {}
        return await session.get_prompt(
            str(arguments["name"]),
            {name: str(value) for name, value in filled.items()},
            input_responses=responses,
            request_state=state,
            meta=meta,
            allow_input_required=True,
        )

    return send


def output(answer: Answer) -> Json:
    """Return a resource or a filled in prompt as plain data, bytes left out."""
    if isinstance(answer, types.ReadResourceResult):
        contents = [_content(one) for one in answer.contents]
        return contents[0] if len(contents) == 1 else contents
    return {
        "description": answer.description or "",
        "messages": [
            {"role": one.role, **_said(described(one.content))} for one in answer.messages
        ],
    }


async def _has_resources(client: Client) -> bool:
    if await _filled(client.list_resources, "resources"):
        return True
    return await _filled(client.list_resource_templates, "resource_templates")


async def _filled(listing: Callable[..., Awaitable[Any]], field: str) -> bool:
    try:
        return bool(getattr(await listing(), field))
    except MCPError as error:
        if error.code in (types.METHOD_NOT_FOUND, types.INVALID_PARAMS, types.INTERNAL_ERROR):
            return False
        raise


async def _all(listing: Callable[..., Awaitable[Any]], field: str) -> list[Any]:
    found: list[Any] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await listing(cursor=cursor)
        found += getattr(page, field)
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _resource(one: types.Resource) -> Json:
    return {
        "uri": one.uri,
        "name": one.name,
        "title": one.title or "",
        "description": one.description or "",
        "mime_type": one.mime_type or "",
    }


def _template(one: types.ResourceTemplate) -> Json:
    return {
        "uri_template": one.uri_template,
        "name": one.name,
        "title": one.title or "",
        "description": one.description or "",
        "mime_type": one.mime_type or "",
    }


def _prompt(one: types.Prompt) -> Json:
    return {
        "name": one.name,
        "title": one.title or "",
        "description": one.description or "",
        "arguments": [
            {
                "name": argument.name,
                "description": argument.description or "",
                "required": bool(argument.required),
            }
            for argument in one.arguments or ()
        ],
    }


def _content(one: types.TextResourceContents | types.BlobResourceContents) -> Json:
    inside = types.EmbeddedResource(type="resource", resource=one)
    found = described(inside)
    return {name: value for name, value in found.items() if name != "type"}


def _said(content: Mapping[str, Json]) -> Mapping[str, Json]:
    return {"text": content["text"]} if content.get("type") == "text" else {"content": content}
