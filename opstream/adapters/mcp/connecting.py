"""Starts or reaches a server and greets it; says in our words why that did not work."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

import anyio
import mcp_types as types
from mcp import Client
from mcp.client.auth import OAuthFlowError
from mcp.shared.exceptions import MCPError

from opstream.adapters.mcp import failures, oauth
from opstream.adapters.mcp.callbacks import Callbacks
from opstream.adapters.mcp.session import Unreachable
from opstream.adapters.mcp.settings import McpServer
from opstream.adapters.mcp.stderr import LastWords
from opstream.adapters.mcp.surroundings import Surroundings
from opstream.adapters.mcp.transports import Seen, Streams, streams
from opstream.adapters.mcp.wire import WireSession


@asynccontextmanager
async def connect(server: McpServer, around: Surroundings) -> AsyncIterator[WireSession]:
    """Start or reach a server and greet it; leave in the task that entered.

    To be left when there is no more news.

    Raises:
        Unreachable: it could not be greeted in time, or went away while the session was open.
    """
    seen, last_words = Seen(), LastWords(server.name)
    session = WireSession(Callbacks(server, around.asking))
    error: Exception | None = None
    # A deadline that is lifted later, because a scope can only be left after what it holds.
    patience = anyio.CancelScope(
        deadline=anyio.current_time() + server.connect_timeout.total_seconds()
    )
    try:
        with patience:
            async with AsyncExitStack() as stack:
                stderr = stack.enter_context(last_words.pipe())
                signing = oauth.signing(server, around, seen)
                transport = streams(
                    server, around.environment, stderr, seen, session.ended, signing
                )
                session.greeted(await stack.enter_async_context(_client(transport, session)))
                patience.deadline = math.inf
                group = await stack.enter_async_context(anyio.create_task_group())
                stack.callback(group.cancel_scope.cancel)
                if session.listens:
                    group.start_soon(session.listen)
                yield session
    except (OSError, MCPError, ExceptionGroup, RuntimeError, ValueError, OAuthFlowError) as caught:
        error = caught
    finally:
        session.ended()
    was_greeted = patience.deadline == math.inf
    raise await _why(server, error, seen, last_words, was_greeted=was_greeted) from error


async def _why(
    server: McpServer,
    error: Exception | None,
    seen: Seen,
    last_words: LastWords,
    *,
    was_greeted: bool,
) -> Unreachable:
    """Return why a session did not begin, or ended."""
    for one in failures.leaves(error):
        if isinstance(one, Unreachable):
            return one  # by who holds the session; task groups wrap whatever passes through them
    if seen.unlinked:
        return failures.unlinked(server)
    spoken = await asyncio.to_thread(last_words.spoken)
    if was_greeted:
        return failures.went_away(server, spoken)
    return failures.cannot_greet(server, error or TimeoutError(), seen, spoken)


def _client(transport: AbstractAsyncContextManager[Streams], session: WireSession) -> Client:
    callbacks = session.callbacks
    return Client(
        transport,
        client_info=types.Implementation(name="opstream", version=_own_version()),
        message_handler=session.heard,
        elicitation_callback=callbacks.elicit if callbacks.can_ask else None,
        sampling_callback=callbacks.sample if callbacks.can_sample else None,
        list_roots_callback=callbacks.roots if callbacks.has_roots else None,
        logging_callback=callbacks.logged,
        log_level="info",
        cache=None,
    )


def _own_version() -> str:
    try:
        return version("opstream")
    except PackageNotFoundError:  # run from a checkout
        return "0"
