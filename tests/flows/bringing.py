"""Adds workflows and MCP servers to an install, as a person would with an editor."""

import json
from pathlib import Path

from tests.flows.street import PROJECT, Street

SERVERS = PROJECT / "tests" / "flows" / "servers"
WORKSHOP = PROJECT / "tests" / "adapters" / "mcp" / "servers"


def workflow(street: Street, name: str, text: str) -> None:
    """Put a file into the workflows folder."""
    (street.folder / "config" / "workflows" / name).write_text(text)


def server(street: Street, name: str, program: Path | str, *arguments: str, **more: str) -> None:
    """Add a server to `mcp.yaml`, beside the estate."""
    settings = {"command": str(program), "args": list(arguments), **more}
    if isinstance(program, Path):
        settings |= {"command": "{python}", "args": [str(program), *arguments]}
    with (street.folder / "config" / "mcp.yaml").open("a") as file:
        file.write(f"  {name}: {json.dumps(settings)}\n")


def notes(file: Path) -> list[dict[str, object]]:
    """Return what a server noted, oldest first."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
