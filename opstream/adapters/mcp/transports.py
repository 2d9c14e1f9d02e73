"""The streams to a server: a process's standard input and output, or HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TextIO

import anyio
import httpx2
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.message import SessionMessage

from opstream.adapters.mcp.settings import McpServer, Transport

Streams = tuple[ReadStream[SessionMessage | Exception], WriteStream[SessionMessage]]

_ALWAYS_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
# A call has its own timeout, and a stream that waits for news is silent for hours.
_HTTP_TIMEOUT = httpx2.Timeout(30.0, read=None)


NOT_REACHED = -32_901
"""Our own error code for a request that never left, because nobody took the connection."""


@dataclass(slots=True)
class Seen:
    """What was seen of a connection that its errors do not tell.

    Args:
        status: Of the last HTTP answer that was an error; 0 before the first.
        nobody: Whether the last try to connect found nobody listening.
        unlinked: Whether somebody has to sign in before it lets us in.
    """

    status: int = 0
    nobody: bool = False
    unlinked: bool = False


class Dialling(httpx2.AsyncHTTPTransport):
    """Answers in the server's place when nobody takes the connection.

    The library lets such an error tear down the whole session, calls under way included, and
    nobody could tell afterwards that this request had no effect. An answer tells just that.
    """

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        try:
            response = await super().handle_async_request(request)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            self._seen.nobody = True
            error = {"code": NOT_REACHED, "message": "nobody listens there"}
            return httpx2.Response(503, json={"jsonrpc": "2.0", "id": 0, "error": error})
        self._seen.nobody = False
        if response.status_code >= 400:
            self._seen.status = response.status_code
        return response


class Watched:
    """A stream of messages that says when it ends; the library itself keeps that to itself."""

    def __init__(
        self, inner: ReadStream[SessionMessage | Exception], ended: Callable[[], None]
    ) -> None:
        self._inner = inner
        self._ended = ended

    @property
    def last_context(self) -> object:
        """The context of the sender of the last message, where the transport keeps it."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        """Return the next message."""
        return await self._next(self._inner.receive)

    async def aclose(self) -> None:
        """Close the stream."""
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        return await self._next(self._inner.__anext__)

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return await self._inner.__aexit__(kind, error, trace)

    async def _next(
        self, following: Callable[[], Awaitable[SessionMessage | Exception]]
    ) -> SessionMessage | Exception:
        try:
            return await following()
        except (StopAsyncIteration, anyio.EndOfStream, anyio.ClosedResourceError):
            self._ended()
            raise


@asynccontextmanager
async def streams(
    server: McpServer,
    environment: Mapping[str, str],
    stderr: TextIO,
    seen: Seen,
    ended: Callable[[], None],
    signing: httpx2.Auth | None = None,
) -> AsyncIterator[Streams]:
    """Open the streams to a server.

    Args:
        environment: Of this process; a program gets only the few variables that each needs.
        ended: Called when the server's stream ends.
        signing: Signs requests, where the server wants that.
    """
    async with AsyncExitStack() as stack:
        match server.talks:
            case Transport.STDIO:
                opened = stdio_client(_program(server, environment), errlog=stderr)
            case Transport.HTTP:
                client = await stack.enter_async_context(_http_client(server, seen, signing))
                opened = streamable_http_client(server.url, http_client=client)
            case Transport.SSE:
                opened = sse_client(server.url, headers=dict(server.headers), auth=signing)
        read, write = await stack.enter_async_context(opened)
        yield Watched(read, ended), write


def _program(server: McpServer, environment: Mapping[str, str]) -> StdioServerParameters:
    inherited = {name: environment[name] for name in _ALWAYS_INHERITED if name in environment}
    return StdioServerParameters(
        command=server.command,
        args=list(server.args),
        env={**inherited, **server.env},
        cwd=server.cwd,
    )


def _http_client(server: McpServer, seen: Seen, signing: httpx2.Auth | None) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        headers=dict(server.headers),
        timeout=_HTTP_TIMEOUT,
        transport=Dialling(seen),
        auth=signing,
    )
