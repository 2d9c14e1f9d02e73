"""`kill -9` on the way of a notice: whoever watches a run hears of its end, once."""

import asyncio
import signal
import sqlite3

from aiohttp import ClientSession

from tests.contracts.waiting import until
from tests.flows.person import Person, everything
from tests.flows.street import Street

HELLO = "id: hello\ntitle: Hello\nsteps:\n  - {id: rest, wait: 1s}\n"
DYING = "tests/flows/dying.py"


async def test_a_bot_that_dies_before_and_after_it_sends_a_notice_sends_it_once(tmp_path):
    street = Street(tmp_path, rates=False)
    (street.folder / "config" / "mcp.yaml").write_text("servers: {}\n")
    (street.folder / "config" / "workflows" / "hello.yaml").write_text(HELLO)
    await street.playground.start()
    try:
        async with ClientSession() as session:
            bo = await Person.join(session, street.playground.address, "U0BO000001")
            await street.start_bot(DYING, OPSTREAM_DIES="ended")
            await bo.command("/opstream watch hello")
            await bo.told("You watch `hello` now")
            await bo.command("/opstream start hello")
            await died(street)
            assert notices(bo) == []

            await street.start_bot(DYING, OPSTREAM_DIES="sent")
            await bo.sees("“Hello” is done.")
            await died(street)

            await street.start_bot()
            await street.ready()
            await until(lambda: not still_open(street), seconds=20)
            assert len(notices(bo)) == 1
            await bo.leave()
    finally:
        await street.kill_bot()
        await street.playground.stop()


async def died(street: Street) -> None:
    async with asyncio.timeout(30):
        assert await street.process.wait() == -signal.SIGKILL


def still_open(street: Street) -> int:
    """Return how many notices are not known to be sent."""
    with sqlite3.connect(f"file:{street.data}/opstream.db?mode=ro", uri=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM notices WHERE is_open").fetchone()
    connection.close()
    return count


def notices(person: Person) -> list[str]:
    return [
        said for one in person.messages.values() if "“Hello” is done." in (said := everything(one))
    ]
