"""`kill -9` at every durable point: the run ends well, nothing is asked, said or done twice."""

import asyncio
import contextlib
from collections import Counter
from pathlib import Path

from aiohttp import ClientSession

from opstream.playground.estate.store import Change
from tests.flows import estate
from tests.flows.person import Person, everything
from tests.flows.street import Street

START = "/opstream start application_profiling service=checkout duration=2m"
MORTAL = "tests/flows/mortal.py"
LIVES = 120


async def test_a_bot_that_dies_at_every_commit_still_ends_the_run_once(tmp_path):
    moments = ("after:1", "before:2")
    ends = await asyncio.gather(*(play(tmp_path / moment[:5], moment) for moment in moments))

    for lives, changes, ana in ends:
        assert 5 < lives < LIVES, f"the bot had {lives} lives"
        assert [change.tool for change in changes] == ["set_pool_size"]
        assert doubled(ana) == []
        assert "is better" in "".join(everything(m) for m in ana.messages.values())


async def play(folder: Path, moment: str) -> tuple[int, list[Change], Person]:
    """Start a run, then let the bot die at its every durable point until the run is done."""
    # No workspace lets an app connect as often as this one dies, so the rates are off here.
    street = Street(folder, watch_seconds=2, rates=False)
    await street.playground.start()
    served = await street.serve_estate()  # else each life would begin by starting a server
    async with ClientSession() as session:
        ana = await Person.join(session, street.playground.address, "U0ANA00001")
        bo = await Person.join(session, street.playground.address, "U0BO000001")
        await street.start_bot()
        await ana.command(START)
        await ana.sees("Application performance profiling")
        await street.kill_bot()
        approver = asyncio.create_task(approve_when_asked(bo))
        lives = await live_until_done(street, ana, moment)
        approver.cancel()
        await ana.leave()
        await bo.leave()
    served.kill()
    await served.wait()
    await street.playground.stop()
    return lives, estate.changes(street.data), ana


async def live_until_done(street, ana: Person, moment: str) -> int:
    """Let the bot live and die again and again until the run's card says that it is done."""
    lives = street.folder / "lives"
    await street.start_bot(MORTAL, OPSTREAM_DIES=moment, OPSTREAM_LIVES=str(lives))
    await ana.until(lambda: ana.find("✅ *Done* ·", "took") and ana.find("✅ *Done.*"), "done", 240)
    street.process.terminate()
    await street.process.wait()
    return int(lives.read_text())


async def approve_when_asked(bo: Person) -> None:
    """Press Approve, again and again while the bot is away: as a person would."""
    await bo.sees("approval_grant", seconds=300)
    while request := bo.find("approval_grant"):
        await bo.press(request, "approval_grant")
        with contextlib.suppress(AssertionError):
            await bo.until(lambda: not bo.find("approval_grant"), "decided", 1)


def doubled(person: Person) -> list[str]:
    """Return the keys that more than one message carries."""
    keys = Counter(
        message["metadata"]["event_payload"]["key"]
        for message in person.messages.values()
        if message.get("metadata")
    )
    return [key for key, count in keys.items() if count > 1]
