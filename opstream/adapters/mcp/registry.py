"""All MCP servers of an install, started and stopped together."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from opstream.adapters.mcp.server import Backoff, Server
from opstream.adapters.mcp.settings import McpServer
from opstream.adapters.mcp.surroundings import Surroundings


class McpRegistry:
    """The servers as sources of operations.

    Args:
        environment: Of this process; a server's program gets the few variables every program
            needs, such as PATH, and those that its own settings name.
        secrets: Values that must not show up in any message, beside those of the servers.
        around: What else the servers share, such as who answers their questions.
    """

    def __init__(
        self,
        servers: Sequence[McpServer],
        environment: Mapping[str, str],
        secrets: Sequence[str] = (),
        backoff: Backoff | None = None,
        around: Surroundings | None = None,
    ) -> None:
        self.around = replace(around or Surroundings(), environment=environment)
        self.sources: tuple[Server, ...] = tuple(
            Server(one, self.around, secrets, backoff or Backoff()) for one in servers
        )

    async def start(self) -> None:
        """Begin to start every server; returns at once."""
        for source in self.sources:
            source.start()

    async def stop(self) -> None:
        """End every session and program, side by side."""
        await asyncio.gather(*(source.stop() for source in self.sources))
