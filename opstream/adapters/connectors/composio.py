"""Composio's tool router as one more MCP server: a key makes a session, and the session has an address.

A session is made whenever the server is connected to, so one that is gone is replaced. The key is shown to
the API's own origin and to nobody else, also where the address of a session leads elsewhere.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from opstream.adapters.connectors.openapi.document import mapping, text_of
from opstream.adapters.connectors.openapi.http import Http, NoAnswer, NotSent, TooLarge
from opstream.adapters.connectors.openapi.requests import Request, origin
from opstream.adapters.connectors.openapi.responses import Response
from opstream.adapters.mcp.session import Unreachable
from opstream.adapters.mcp.settings import Address, McpServer
from opstream.domain.values import Json

NAME = "composio"
_PATH = "api/v3.1/tool_router/session"
_MOST_BYTES = 5_000_000
_PREFIX = "COMPOSIO_"
_READS = ("SEARCH_TOOLS", "GET_TOOL_SCHEMAS", "WAIT_FOR_CONNECTIONS")
_WRITES = ("MULTI_EXECUTE_TOOL", "MANAGE_CONNECTIONS", "REMOTE_WORKBENCH", "REMOTE_BASH_TOOL")


@dataclass(frozen=True, slots=True)
class Composio:
    """How this install uses Composio.

    Args:
        key: Of its API.
        url: Where its API is.
        user: In whose name it acts there: one for the install, whose accounts are linked there.
        toolkits: Which services it may use; empty for all.
    """

    key: str = field(repr=False)
    url: str = "https://backend.composio.dev"
    user: str = "opstream"
    toolkits: tuple[str, ...] = ()
    timeout: timedelta = timedelta(seconds=20)


def server(composio: Composio, http: Http) -> McpServer:
    """Return the MCP server; its session is made when it is connected to."""
    return McpServer(
        name=NAME,
        url=composio.url,
        headers={"x-api-key": composio.key},
        connect_timeout=composio.timeout,
        reads=_both(_READS),
        writes=_both(_WRITES),
        opening=_opening(composio, http),
    )


def _both(names: tuple[str, ...]) -> tuple[str, ...]:
    return (*names, *(f"{_PREFIX}{name}" for name in names))


def _opening(composio: Composio, http: Http) -> Callable[[], Awaitable[Address]]:
    async def opened() -> Address:
        response = await _asked(composio, http)
        url = text_of(mapping(_answer(response).get("mcp")).get("url"))
        if response.status >= 300 or not url.startswith(("https://", "http://")):
            raise _refused(response)
        ours = origin(url) == origin(composio.url)
        return Address(url, {"x-api-key": composio.key} if ours else {})

    return opened


async def _asked(composio: Composio, http: Http) -> Response:
    body: dict[str, Json] = {"user_id": composio.user, "sandbox": {"enable": False}}
    if composio.toolkits:
        body["toolkits"] = {"enable": list(composio.toolkits)}
    request = Request(
        "POST",
        f"{composio.url.rstrip('/')}/{_PATH}",
        headers=(("x-api-key", composio.key), ("Content-Type", "application/json")),
        content=json.dumps(body).encode(),
    )
    try:
        return await http.send(request, _MOST_BYTES)
    except (NotSent, NoAnswer, TooLarge) as error:
        why = str(error) or "its answer is too large"
        raise Unreachable(f"`{NAME}` could not be reached at {composio.url}: {why}.") from error


def _refused(response: Response) -> Unreachable:
    if response.status in (401, 403):
        return Unreachable(
            f"`{NAME}` does not take our key (HTTP {response.status}). Set COMPOSIO_API_KEY to one from "
            "the settings of your Composio project, which may manage sessions.",
            missing=True,
        )
    if response.status >= 300:
        return Unreachable(f"`{NAME}` made no session (HTTP {response.status}). It is tried again.")
    return Unreachable(f"`{NAME}` made a session without an MCP address. It is tried again.")


def _answer(response: Response) -> Mapping[str, Json]:
    try:
        return mapping(json.loads(response.content))
    except (ValueError, RecursionError):
        return {}
