"""What is configured about an MCP server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Transport(StrEnum):
    """How a server is talked to."""

    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"


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

    @property
    def talks(self) -> Transport:
        """How it is talked to."""
        return self.transport or (Transport.HTTP if self.url else Transport.STDIO)
