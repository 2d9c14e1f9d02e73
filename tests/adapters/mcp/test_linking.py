"""Linking a remote server: real sockets, a real authorization server, a person who only follows addresses."""

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.mcp.linking import ServerAccounts
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.server import Backoff
from opstream.adapters.mcp.settings import McpServer, Oauth
from opstream.adapters.mcp.surroundings import Surroundings
from opstream.domain.operation import Health
from opstream.errors import BadInput, NotFound, OperationFailed, TooLate
from opstream.ports.linking import Arrival
from tests.adapters.mcp.conftest import SERVERS, until, until_health

UNLINKED = "`lodge` needs to be linked: type `/opstream connect lodge`."


class Box:
    """A vault without a lock."""

    def __init__(self):
        self.kept = {}

    async def put(self, name, text):
        self.kept[name] = text

    async def get(self, name):
        return self.kept.get(name)

    async def remove(self, name):
        return self.kept.pop(name, None) is not None

    async def names(self, prefix=""):
        return sorted(name for name in self.kept if name.startswith(prefix))


@pytest.fixture
async def lodge(tmp_path, free_port):
    notes = tmp_path / "lodge"
    program = await asyncio.create_subprocess_exec(
        sys.executable, str(SERVERS / "lodge.py"), str(free_port), str(notes)
    )
    await until(notes.exists)
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", free_port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            await writer.wait_closed()
            break
    yield Lodge(free_port, notes)
    program.kill()
    await program.wait()


class Lodge:
    def __init__(self, port, notes):
        self.file = notes
        self.settings = McpServer("lodge", url=f"http://localhost:{port}/mcp", oauth=Oauth())

    @property
    def notes(self):
        return [json.loads(line)["what"] for line in self.file.read_text().splitlines()]

    def close(self):
        self.file.with_name(f"{self.file.name}.closed").touch()


@asynccontextmanager
async def guest(server, box, address="http://localhost:9"):
    around = Surroundings(vault=box, address=address)
    registry = McpRegistry([server], {}, backoff=Backoff(60, 60), around=around)
    await registry.start()
    try:
        yield registry, ServerAccounts(registry.sources, registry.around)
    finally:
        await registry.stop()


async def follow(address):
    """Do what a browser does, and return what it would bring back."""
    async with httpx2.AsyncClient() as client:
        landed = (await client.get(address)).headers["location"]
    found = {name: one[0] for name, one in parse_qs(urlsplit(landed).query).items()}
    return landed, Arrival(found["state"], found["code"], found.get("iss"))


async def test_a_server_is_linked_once_and_stays_linked_until_it_is_closed(lodge, call):
    box = Box()
    async with guest(lodge.settings, box) as (registry, accounts):
        before = await until_health(registry.sources[0], Health.MISSING)
        landed, arrival = await follow(await accounts.begin("lodge"))
        with pytest.raises(TooLate, match="Type `/opstream connect lodge`"):
            await accounts.arrived("lodge", Arrival("a guessed state", "code"))
        await accounts.arrived("lodge", arrival)
        await until_health(registry.sources[0], Health.READY)
        output = await call(AllOperations(registry.sources), "lodge.rooms")
        with pytest.raises(TooLate):
            await accounts.arrived("lodge", arrival)

    assert before.sentence == UNLINKED
    assert landed.startswith("http://localhost:9/oauth/callback/lodge?")
    assert output == {"rooms": 3}
    assert lodge.notes[:3] == ["started", "registered", "let_in"]
    renewed = lodge.notes.count("renewed")

    async with guest(lodge.settings, box) as (registry, _):
        await until_health(registry.sources[0], Health.READY)
    assert lodge.notes.count("renewed") == renewed + 1
    assert (
        lodge.notes.count("registered") == lodge.notes.count("let_in") == 1
    )  # by the person alone

    lodge.close()
    async with guest(lodge.settings, box) as (registry, _):
        after = await until_health(registry.sources[0], Health.MISSING)
    assert after.sentence == UNLINKED
    assert not any(text in after.sentence for text in box.kept.values())


async def test_who_says_no_in_the_browser_is_told_so_and_may_begin_anew(lodge):
    async with guest(lodge.settings, Box()) as (_, accounts):
        address = await accounts.begin("lodge")
        state = parse_qs(urlsplit(address).query)["state"][0]

        with pytest.raises(OperationFailed, match="`lodge` let nobody in: The guest went home"):
            await accounts.arrived("lodge", Arrival(state, error="The guest went home"))

        assert await accounts.begin("lodge") != address


async def test_what_cannot_be_linked_is_said_with_what_to_do(lodge):
    plain = McpServer("plain", url=lodge.settings.url)
    async with guest(lodge.settings, Box(), address="") as (_, accounts):
        with pytest.raises(BadInput, match="OPSTREAM_PUBLIC_URL"):
            await accounts.begin("lodge")
        with pytest.raises(NotFound, match="Did you mean `lodge`"):
            await accounts.begin("ledge")
    async with guest(plain, Box()) as (_, accounts):
        with pytest.raises(NotFound, match="No server of this install has `oauth`"):
            await accounts.begin("plain")
