"""Serves a site inside a process that has more to do; opened and closed with it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import structlog
import uvicorn
from starlette.applications import Starlette

from opstream.errors import OpStreamError

log = structlog.get_logger(__name__)

_AT_ONCE = 200  # connections
_IDLE_SECONDS = 5
_PARTING_SECONDS = 3


class _Server(uvicorn.Server):
    """A server that leaves signals to the process it is part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(site: Starlette, host: str, port: int) -> AsyncIterator[str]:
    """Serve a site and yield its address; on leaving, requests under way get a moment to end.

    Raises:
        OpStreamError: the address cannot be listened on.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        site,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        limit_concurrency=_AT_ONCE,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_PARTING_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listener]), name="http")
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}"
    log.info("http_listens", address=address)
    try:
        yield address
    finally:
        server.should_exit = True
        await serving


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise OpStreamError(
            f"OpStream cannot listen on {host}:{port} ({error.strerror}). Choose another "
            "OPSTREAM_HTTP_PORT or OPSTREAM_HTTP_HOST, or stop what uses it."
        ) from error
    listener.setblocking(False)
    return listener
