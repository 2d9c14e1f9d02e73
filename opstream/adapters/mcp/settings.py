"""What is configured about an MCP server."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Transport(StrEnum):
    """How a server is talked to."""

    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"


class Sampling(StrEnum):
    """Whether a server may have a language model asked."""

    ASK = "ask"
    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` calls within any stretch of length `per`."""

    count: int
    per: timedelta


@dataclass(frozen=True, slots=True)
class Breaker:
    """After so many failures in a row calls fail at once for a while; then one is tried.

    Args:
        failures: How many; None means that calls are always made.
    """

    failures: int | None = 5
    rest: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Oauth:
    """How this install signs in at a remote server.

    Args:
        client_id: Empty to register at the authorization server, or to be known by `client_metadata`.
        client_secret: With `client_id`; alone enough for the server where `interactive` is False.
        client_metadata: Address of a document that describes this client, in place of registering.
        issuer: The authorization server that `client_id` belongs to.
        interactive: Whether a person links it; False signs in with the client's own credentials.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    client_metadata: str = ""
    scope: str = ""
    issuer: str = ""
    interactive: bool = True


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is at the moment, and what it wants to be sent."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class McpServer:
    """One MCP server; it has either a `command` or a `url`.

    Args:
        name: What its tools are called by: `<name>.<tool>`; without a dot.
        command: The program to start; empty for a server that is reached by `url`.
        env: Variables that the program gets beside the few every program needs.
        headers: Sent with each request to `url`.
        transport: None for stdio with a command, and streamable HTTP with a URL.
        connect_timeout: How long starting and greeting may take, and then listing the tools.
        call_timeout: For calls that bring no timeout of their own; None leaves it to the caller.
        reads: Tools that only read although the server does not say so.
        writes: Tools that change something although the server says they only read.
        sampling: Whether it may have a language model asked.
        roots: Folders or addresses that it is told to keep to.
        answer_within: How long its questions to people may stay open.
        rate: How many calls it is sent; None for any number.
        opening: Gives its address anew whenever it is connected to, in place of `url` and `headers`;
            may raise `Unreachable`.
    """

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | None = None
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    transport: Transport | None = None
    connect_timeout: timedelta = timedelta(seconds=10)
    call_timeout: timedelta | None = None
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    sampling: Sampling = Sampling.ASK
    roots: tuple[str, ...] = ()
    answer_within: timedelta = timedelta(days=3)
    rate: Rate | None = None
    breaker: Breaker = Breaker()
    oauth: Oauth | None = None
    opening: Callable[[], Awaitable[Address]] | None = field(
        default=None, repr=False, compare=False
    )

    @property
    def talks(self) -> Transport:
        """How it is talked to."""
        return self.transport or (Transport.HTTP if self.url else Transport.STDIO)
