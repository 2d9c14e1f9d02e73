"""Errors of the MCP library and of the system, in our words: what happened and what to mend."""

import errno
from collections.abc import Iterator

import httpx2
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    REQUEST_TIMEOUT,
)

from opstream.adapters.mcp.masking import shortened
from opstream.adapters.mcp.session import Failure, Unreachable
from opstream.adapters.mcp.settings import McpServer
from opstream.adapters.mcp.transports import NOT_REACHED, Seen

_WHERE = "in config/mcp.yaml"


def leaves(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the errors that a group holds, however deep, or the error itself."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from leaves(one)
    elif error is not None:
        yield error


def cannot_greet(server: McpServer, error: BaseException, seen: Seen, spoken: str) -> Unreachable:
    """Return why a server could not be started or greeted, and what to mend."""
    cause = next(leaves(error))
    if server.url:
        return _no_answer(server, cause, seen)
    if isinstance(cause, OSError) and not isinstance(cause, TimeoutError):
        return _no_program(server, cause)
    said = f" It said: {shortened(spoken, 200)}" if spoken else ""
    if isinstance(cause, TimeoutError):
        seconds = server.connect_timeout.total_seconds()
        return Unreachable(
            f"`{server.name}` did not answer within {seconds:g} s of being started.{said} "
            f"See whether `{command(server)}` is an MCP server, or raise `connect_timeout` {_WHERE}."
        )
    if isinstance(cause, MCPError) and cause.code != CONNECTION_CLOSED:
        return Unreachable(
            f"`{server.name}` refused to talk: {shortened(cause.message, 200)}.{said}"
        )
    return Unreachable(
        f"`{server.name}` ended while it was being started.{said} "
        f"Run `{command(server)}` by hand to see why, or mend it {_WHERE}."
    )


def unlinked(server: McpServer) -> Unreachable:
    """Return that somebody has to sign in."""
    if server.oauth is not None and not server.oauth.interactive:
        return Unreachable(
            f"`{server.name}` does not take our `client_id` and `client_secret`. Mend them {_WHERE}.",
            missing=True,
        )
    return Unreachable(
        f"`{server.name}` needs to be linked: type `/opstream connect {server.name}`.", missing=True
    )


def went_away(server: McpServer, spoken: str) -> Unreachable:
    """Return that a server that was up is gone."""
    said = f" It said: {shortened(spoken, 200)}" if spoken else ""
    happened = "cannot be reached any more" if server.url else "ended unexpectedly"
    return Unreachable(f"`{server.name}` {happened}.{said}")


def command(server: McpServer) -> str:
    """Return what a person would type to start the server."""
    return shortened(" ".join((server.command, *server.args)), 120)


def of_request(error: MCPError) -> Failure:
    """Return what an error answer to a request means."""
    text = shortened(error.message)
    if needs_new_session(error):
        return Failure("it cannot be reached", "unavailable", retryable=True, settled=True)
    if error.code == CONNECTION_CLOSED:
        return Failure("the connection was lost", "unavailable", retryable=True, settled=False)
    if error.code == REQUEST_TIMEOUT:
        return Failure("no answer came in time", "timeout", retryable=True, settled=False)
    if error.code == INVALID_PARAMS:
        return Failure(text, "invalid", retryable=False, settled=True)
    if error.code == METHOD_NOT_FOUND:
        return Failure(text, "refused", retryable=False, settled=True)
    return Failure(text, "error", retryable=True, settled=False)


def needs_new_session(error: MCPError) -> bool:
    """Return whether the server is gone, or has forgotten us, so that nothing was done."""
    forgotten = error.code == INVALID_REQUEST and error.message == "Session terminated"
    return forgotten or error.code == NOT_REACHED


def _no_program(server: McpServer, cause: OSError) -> Unreachable:
    start = f"`{server.name}` could not be started:"
    if server.cwd is not None and cause.filename == server.cwd:
        return Unreachable(
            f"{start} no such folder `{server.cwd}`. Make it or mend `cwd` {_WHERE}.", missing=True
        )
    if cause.errno == errno.ENOENT:
        return Unreachable(
            f"{start} no such program `{server.command}`. Install it or mend `command` {_WHERE}.",
            missing=True,
        )
    if cause.errno == errno.EACCES:
        return Unreachable(
            f"{start} `{server.command}` may not be run. "
            f"Make it executable or mend `command` {_WHERE}.",
            missing=True,
        )
    return Unreachable(f"{start} {cause.strerror or cause}. Mend `command` {_WHERE}.")


def _no_answer(server: McpServer, cause: BaseException, seen: Seen) -> Unreachable:
    start = f"`{server.name}` could not be reached at {server.url}:"
    if seen.unlinked:
        return unlinked(server)
    if seen.nobody or isinstance(cause, httpx2.ConnectError):
        return Unreachable(f"{start} nobody listens there. Start it or mend `url` {_WHERE}.")
    if seen.status in (401, 403):
        return Unreachable(
            f"{start} it refused us ({seen.status}). Mend `headers` {_WHERE}, such as "
            "`Authorization`."
        )
    if seen.status:
        return Unreachable(f"{start} it answered with HTTP {seen.status}. Mend `url` {_WHERE}.")
    if isinstance(cause, TimeoutError | httpx2.TimeoutException):
        seconds = server.connect_timeout.total_seconds()
        return Unreachable(f"{start} no answer within {seconds:g} s. See whether it is up.")
    return Unreachable(f"{start} {shortened(str(cause), 200)}. Mend `url` {_WHERE}.")
