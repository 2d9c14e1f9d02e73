"""Real processes on a real socket: the bot, its MCP server, and a playground that outlives them."""

import pytest
from aiohttp import ClientSession

from tests.flows.person import Person
from tests.flows.street import Street


@pytest.fixture
async def street(tmp_path, request):
    hurried = request.node.get_closest_marker("hurried") is not None
    made = Street(tmp_path, watch_seconds=2, rates=not hurried)
    await made.playground.start()
    yield made
    if made.process is not None:
        await made.kill_bot()
    await made.playground.stop()


@pytest.fixture
async def ana(street):
    async with ClientSession() as session:
        person = await Person.join(session, street.playground.address, "U0ANA00001")
        yield person
        await person.leave()


@pytest.fixture
async def bo(street):
    async with ClientSession() as session:
        person = await Person.join(session, street.playground.address, "U0BO000001")
        yield person
        await person.leave()
