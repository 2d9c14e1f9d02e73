"""A session on the `mcp` library; the only door to it, imported when the first server connects."""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import cast

import anyio
import mcp_types as types
from mcp import Client
from mcp.client.session import IncomingMessage
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from opstream.adapters.mcp import failures
from opstream.adapters.mcp.answers import output, words
from opstream.adapters.mcp.masking import shortened
from opstream.adapters.mcp.session import Failure, Tool, ToolFailed, Unreachable
from opstream.adapters.mcp.settings import McpServer
from opstream.adapters.mcp.stderr import LastWords
from opstream.adapters.mcp.transports import Seen, Streams, streams
from opstream.domain.operation import Progress
from opstream.domain.values import Json
from opstream.ports import ProgressListener

META_KEY = "opstream/idempotency-key"

_MOST_PAGES = 100
_LISTEN_AGAIN_SECONDS = (1.0, 30.0)


class WireSession:
    """One greeted server; satisfies `Session`."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._over = False
        self._stirred = asyncio.Event()

    @property
    def over(self) -> bool:
        """Whether the server is gone."""
        return self._over

    def greeted(self, client: Client) -> None:
        """Take the client once its server has answered."""
        self._client = client

    def ended(self) -> None:
        """Note that the server is gone."""
        self._over = True
        self._stirred.set()

    async def heard(self, message: IncomingMessage) -> None:
        """Note what the server says unasked."""
        if isinstance(message, types.ToolListChangedNotification):
            self._stirred.set()

    async def news(self) -> bool:
        """Wait until the tools changed (True) or the server is gone (False)."""
        await self._stirred.wait()
        self._stirred.clear()
        return not self._over

    async def tools(self) -> Sequence[Tool]:
        """List the tools anew, all pages."""
        self._require_open()
        found: list[Tool] = []
        cursor: str | None = None
        try:
            for _ in range(_MOST_PAGES):
                page = await self._up.list_tools(cursor=cursor)
                found += [_tool(one) for one in page.tools]
                cursor = page.next_cursor
                if cursor is None:
                    break
        except MCPError as error:
            raise self._failed(error) from error
        except ValidationError as error:
            raise ToolFailed(_broken("its list of tools does not follow the protocol")) from error
        return found

    async def call(
        self, tool: str, arguments: Mapping[str, Json], key: str, listener: ProgressListener
    ) -> Json:
        """Call a tool; cancelling the task tells the server to stop."""
        self._require_open()

        async def tell(progress: float, total: float | None, message: str | None) -> None:
            listener(Progress(progress, total, message or ""))

        meta = cast(types.RequestParamsMeta, {META_KEY: key})  # an open map, which mypy cannot say
        try:
            result = await self._up.call_tool(
                tool, dict(arguments), progress_callback=tell, meta=meta
            )
        except MCPError as error:
            raise self._failed(error) from error
        except (ValidationError, RuntimeError) as error:
            # The library raises RuntimeError for an output that breaks the tool's own schema.
            raise ToolFailed(_broken("its answer does not fit its own description")) from error
        if result.is_error:
            raise ToolFailed(_refusal(result))
        return output(result)

    async def listen(self) -> None:
        """Keep a subscription to changes open; the oldest protocols send them without one."""
        wait, longest = _LISTEN_AGAIN_SECONDS
        while True:
            try:
                async with self._up.listen(tools_list_changed=True) as subscription:
                    async for _ in subscription:
                        wait, _longest = _LISTEN_AGAIN_SECONDS
            except MCPError as error:
                if error.code == types.METHOD_NOT_FOUND or self._lost_by(error):
                    return
            except (SubscriptionLost, TimeoutError):
                pass
            await asyncio.sleep(wait)
            wait = min(2 * wait, longest)

    @property
    def listens(self) -> bool:
        """Whether changes have to be subscribed to."""
        offered = self._up.server_capabilities.tools
        wants = offered is not None and bool(offered.list_changed)
        return wants and self._up.protocol_version in MODERN_PROTOCOL_VERSIONS

    def _failed(self, error: MCPError) -> ToolFailed:
        self._lost_by(error)
        return ToolFailed(failures.of_request(error))

    def _lost_by(self, error: MCPError) -> bool:
        if failures.needs_new_session(error):
            self.ended()
        return self._over

    def _require_open(self) -> None:
        if self._over:
            raise ToolFailed(
                Failure("the connection was lost", "unavailable", retryable=True, settled=True)
            )

    @property
    def _up(self) -> Client:
        if self._client is None:
            raise RuntimeError("used before the server was greeted")
        return self._client


@asynccontextmanager
async def connect(server: McpServer, environment: Mapping[str, str]) -> AsyncIterator[WireSession]:
    """Start or reach a server and greet it; leave in the task that entered.

    To be left when there is no more news.

    Raises:
        Unreachable: it could not be greeted in time, or went away while the session was open.
    """
    seen, last_words, session = Seen(), LastWords(server.name), WireSession()
    error: Exception | None = None
    # A deadline that is lifted later, because a scope can only be left after what it holds.
    patience = anyio.CancelScope(
        deadline=anyio.current_time() + server.connect_timeout.total_seconds()
    )
    try:
        with patience:
            async with AsyncExitStack() as stack:
                stderr = stack.enter_context(last_words.pipe())
                transport = streams(server, environment, stderr, seen, session.ended)
                session.greeted(await stack.enter_async_context(_client(transport, session)))
                patience.deadline = math.inf
                group = await stack.enter_async_context(anyio.create_task_group())
                stack.callback(group.cancel_scope.cancel)
                if session.listens:
                    group.start_soon(session.listen)
                yield session
    except (OSError, MCPError, ExceptionGroup, RuntimeError, ValueError) as caught:
        error = caught
    finally:
        session.ended()
    said = next((one for one in failures.leaves(error) if isinstance(one, Unreachable)), None)
    if said is not None:
        raise said  # by who holds the session; task groups wrap whatever passes through them
    spoken = await asyncio.to_thread(last_words.spoken)
    if patience.deadline == math.inf:
        raise failures.went_away(server, spoken) from error
    raise failures.cannot_greet(server, error or TimeoutError(), seen, spoken) from error


def _client(transport: AbstractAsyncContextManager[Streams], session: WireSession) -> Client:
    return Client(
        transport,
        client_info=types.Implementation(name="opstream", version=_own_version()),
        message_handler=session.heard,
        cache=None,
    )


def _own_version() -> str:
    try:
        return version("opstream")
    except PackageNotFoundError:  # run from a checkout
        return "0"


def _tool(tool: types.Tool) -> Tool:
    hints = tool.annotations or types.ToolAnnotations()
    return Tool(
        name=tool.name,
        title=tool.title or hints.title or "",
        description=tool.description or "",
        inputs=tool.input_schema,
        outputs=tool.output_schema,
        read_only=hints.read_only_hint,
        idempotent=hints.idempotent_hint,
    )


def _broken(problem: str) -> Failure:
    return Failure(problem, "invalid", retryable=True, settled=False)


def _refusal(result: types.CallToolResult) -> Failure:
    said = shortened(words(result.content)) or "it gave no reason"
    return Failure(said, "refused", retryable=False, settled=True)
