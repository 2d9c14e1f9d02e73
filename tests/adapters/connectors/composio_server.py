"""The MCP server behind a Composio session, as a process of its own: `python composio_server.py <port> <file>`."""

import json
import sys

import uvicorn
from mcp.server.mcpserver import MCPServer

server = MCPServer("composio")


@server.tool()
def COMPOSIO_SEARCH_TOOLS(query: str) -> dict:
    """Find tools for a task."""
    return {"tools": [f"{query.upper()}_SEND"]}


@server.tool()
def COMPOSIO_MULTI_EXECUTE_TOOL(tools: list[dict]) -> dict:
    """Execute tools."""
    return {"executed": len(tools)}


@server.tool()
def COMPOSIO_MANAGE_CONNECTIONS(toolkits: list[str]) -> dict:
    """Connect accounts."""
    return {"toolkits": toolkits}


class Noting:
    """Writes down with which key it was asked."""

    def __init__(self, app, notes):
        self.app = app
        self.notes = notes

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            self.notes.write(json.dumps(headers.get("x-api-key")) + "\n")
            self.notes.flush()
        await self.app(scope, receive, send)


if __name__ == "__main__":
    with open(sys.argv[2], "a") as file:
        app = Noting(server.streamable_http_app(), file)
        uvicorn.run(app, port=int(sys.argv[1]), log_level="critical")
