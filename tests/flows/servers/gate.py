"""An MCP server with one tool that takes as long as somebody wants.

    python gate.py FOLDER

Each call writes the id of its process to FOLDER/calls, and answers when there is a file FOLDER/open, or
FOLDER/open-<that id>.
"""

import asyncio
import os
import sys
from pathlib import Path

from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations


def main():
    folder = Path(sys.argv[1])
    gates = (folder / "open", folder / f"open-{os.getpid()}")

    async def wait() -> dict[str, int]:
        """Wait until the gate is open."""
        with (folder / "calls").open("a") as file:
            file.write(f"{os.getpid()}\n")
        while not any(gate.exists() for gate in gates):  # noqa: ASYNC110 - another process opens it
            await asyncio.sleep(0.01)
        return {"by": os.getpid()}

    server = MCPServer("gate")
    server.add_tool(wait, annotations=ToolAnnotations(read_only_hint=True))
    server.run()


if __name__ == "__main__":
    main()
