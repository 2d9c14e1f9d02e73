"""An MCP server with one tool that takes its time, so that runs can be under way."""

import asyncio
import random

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

server = MCPServer("slow")


@server.tool(annotations=ToolAnnotations(readOnlyHint=True))
async def work(seconds: float) -> dict[str, bool]:
    """Wait for about so many seconds."""
    await asyncio.sleep(seconds * random.uniform(0.5, 1.5))
    return {"ok": True}


if __name__ == "__main__":
    server.run()
