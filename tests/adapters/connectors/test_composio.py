"""Tried: a loopback API that makes sessions, a real MCP server behind them; keys that are refused, sessions that go."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from opstream.adapters.connectors import composio
from opstream.adapters.connectors.composio import Composio
from opstream.adapters.connectors.openapi.http import Http
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.server import Backoff
from opstream.domain.operation import Health, OperationCall
from opstream.errors import OperationFailed

PROGRAM = Path(__file__).parent / "composio_server.py"
KEY = "ak_composio_key_12345"
PATIENCE_SECONDS = 30


class Remote:
    """The MCP server of the sessions."""

    def __init__(self, notes):
        self.notes = notes
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/mcp"

    def start(self):
        program = [sys.executable, str(PROGRAM), str(self.port), str(self.notes)]
        self.process = subprocess.Popen(program)
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("The server did not start.")

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    """One server for the module: to start it takes more than a second."""
    opened = Remote(tmp_path_factory.mktemp("remote") / "keys")
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
async def connect(service):
    http, opened = Http(), []

    async def connecting(**more):
        server = composio.server(Composio(KEY, service.url, **more), http)
        registry = McpRegistry([server], {}, backoff=Backoff(0.05, 0.2))
        opened.append(registry)
        await registry.start()
        return registry.sources[0]

    yield connecting
    for registry in opened:
        await registry.stop()
    await http.close()


async def until(source, *wanted):
    async with asyncio.timeout(PATIENCE_SECONDS):
        while source.health.health not in wanted:
            await source.changed()
    return source.health


async def test_a_key_makes_a_session_whose_tools_read_and_write_as_they_should(
    service, remote, connect
):
    service.answers["POST /api/v3.1/tool_router/session"] = {"mcp": {"url": remote.url}}

    source = await connect(user="ops", toolkits=("github", "gmail"))
    health = await until(source, Health.READY)
    call = OperationCall("composio.COMPOSIO_SEARCH_TOOLS", {"query": "gmail"}, "key")
    found = await AllOperations([source]).call(call, lambda _: None)

    assert found == {"tools": ["GMAIL_SEND"]}
    assert {one.name: one.writes for one in health.operations} == {
        "composio.COMPOSIO_SEARCH_TOOLS": False,
        "composio.COMPOSIO_MULTI_EXECUTE_TOOL": True,
        "composio.COMPOSIO_MANAGE_CONNECTIONS": True,
    }
    (asked,) = service.asked
    assert asked.headers["x-api-key"] == KEY
    assert asked.json == {
        "user_id": "ops",
        "sandbox": {"enable": False},
        "toolkits": {"enable": ["github", "gmail"]},
    }
    # The session is at another port, which is another origin: it never sees the key.
    assert set(remote.notes.read_text().split()) == {"null"}


async def test_a_session_that_is_gone_is_replaced(service, remote, connect):
    service.answers["POST /api/v3.1/tool_router/session"] = {"mcp": {"url": remote.url}}
    source = await connect()
    await until(source, Health.READY)

    remote.stop()
    call = OperationCall(
        "composio.COMPOSIO_SEARCH_TOOLS", {"query": "x"}, "k", timedelta(seconds=5)
    )
    operations = AllOperations([source])
    with pytest.raises(OperationFailed, match="composio"):
        await operations.call(call, lambda _: None)
    await asyncio.to_thread(remote.start)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while source.health.health is not Health.READY:
            await source.changed()

    assert await operations.call(call, lambda _: None) == {"tools": ["X_SEND"]}
    assert len(service.asked) >= 2


async def test_a_session_at_the_origin_of_the_api_is_shown_the_key(service):
    service.answers["POST /api/v3.1/tool_router/session"] = {
        "mcp": {"url": f"{service.url}/tool_router/s1/mcp"}
    }
    http = Http()

    address = await composio.server(Composio(KEY, service.url), http).opening()
    await http.close()

    assert address.headers == {"x-api-key": KEY}
    assert KEY not in repr(address)


@pytest.mark.parametrize(
    ("answer", "health", "said"),
    [
        (JSONResponse({}, 401), Health.MISSING, "Set COMPOSIO_API_KEY to one from the settings"),
        (JSONResponse({}, 500), Health.FAILING, "made no session (HTTP 500)"),
        (JSONResponse({"mcp": {}}), Health.FAILING, "without an MCP address"),
        (JSONResponse([]), Health.FAILING, "without an MCP address"),
    ],
)
async def test_why_there_is_no_session_is_said_without_the_key(
    service, connect, answer, health, said
):
    service.answers["POST /api/v3.1/tool_router/session"] = answer

    found = await until(await connect(), health)

    assert said in found.sentence
    assert KEY not in json.dumps([found.sentence, *found.details])
