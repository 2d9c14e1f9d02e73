"""`kill -9` on the way of a notice: whoever watches a run hears of its end, once."""

from aiohttp import ClientSession

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
            await street.died()
            assert notices(bo) == []

            await street.start_bot(DYING, OPSTREAM_DIES="sent")
            await bo.sees("“Hello” is done.")
            await street.died()

            await street.start_bot()
            await bo.command("/opstream watch r0")  # answered, so the bot is up
            await bo.told("There is no run `r0`")
            await street.settled()
            assert len(notices(bo)) == 1
            await bo.leave()
    finally:
        await street.kill_bot()
        await street.playground.stop()


def notices(person: Person) -> list[str]:
    return [said for one in person.messages.values() if "“Hello” is done." in (said := everything(one))]
