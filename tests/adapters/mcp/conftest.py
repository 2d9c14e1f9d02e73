import asyncio
import json
import os
import socket
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.server import Backoff, Server
from opstream.adapters.mcp.settings import McpServer
from opstream.domain.operation import Health, OperationCall

SERVERS = Path(__file__).parent / "servers"
PATIENCE_SECONDS = 20
ENVIRONMENT = {
    "PATH": os.pathsep.join(os.get_exec_path()),
    "HOME": str(Path.home()),
    "SHELLS": "no",
}


async def until(condition):
    """Wait for what a process does, which tells nobody when it has done it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  # it happens in another process
            await asyncio.sleep(0.01)


async def until_health(server: Server, *wanted: Health):
    async with asyncio.timeout(PATIENCE_SECONDS):
        while server.health.health not in wanted:
            await server.changed()
    return server.health


@dataclass
class Bench:
    """MCP servers that run, and what they wrote down."""

    notes_file: Path
    registries: list[McpRegistry] = field(default_factory=list)
    operations: AllOperations | None = None

    def workshop(self, **more) -> McpServer:
        arguments = (str(SERVERS / "workshop.py"), "--notes", str(self.notes_file))
        return McpServer("workshop", command=sys.executable, args=arguments, **more)

    def bare(self, how="", name="bare", **more) -> McpServer:
        return McpServer(name, command=sys.executable, args=(str(SERVERS / "bare.py"), how), **more)

    async def run(self, *servers: McpServer, aliases=None, output_bytes=1_000_000, backoff=None):
        registry = McpRegistry(
            servers, ENVIRONMENT, secrets=["hunter2-the-secret"], backoff=backoff or Backoff()
        )
        self.registries.append(registry)
        await registry.start()
        return AllOperations(registry.sources, aliases, output_bytes)

    @property
    def server(self) -> Server:
        return self.registries[0].sources[0]

    def notes(self, what):
        lines = self.notes_file.read_text().splitlines() if self.notes_file.exists() else []
        return [note for line in lines if (note := json.loads(line))["what"] == what]


@pytest.fixture
async def bench(tmp_path):
    bench = Bench(tmp_path / "notes.jsonl")
    yield bench
    for registry in bench.registries:
        await registry.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened_shop(tmp_path_factory):
    shop = Bench(tmp_path_factory.mktemp("shop") / "notes.jsonl")
    settings = shop.workshop(
        env={"SHOP_TOKEN": "tok-8372-xyz", "REGION": "north"},
        reads=("refuse",),
        writes=("picture",),
    )
    shop.operations = await shop.run(settings)
    await shop.operations.ready("add")
    yield shop
    await shop.registries[0].stop()


@pytest.fixture
def shop(opened_shop):
    """One workshop that a whole module calls; starting one takes a second."""
    opened_shop.notes_file.write_text("")
    return opened_shop


@pytest.fixture
def call():
    """Call an operation; what it reports on the way is kept in `call.progress`."""

    async def calling(operations, name, key="run:step:1", seconds=20, **arguments):
        wanted = OperationCall(name, arguments, key, timedelta(seconds=seconds))
        return await operations.call(wanted, calling.progress.append)

    calling.progress = []
    return calling


@pytest.fixture
def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
