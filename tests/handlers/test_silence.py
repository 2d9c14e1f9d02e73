"""Half a minute in which Slack says nothing, and crashes in it: what was done unheard is not done again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from handlers.outbound import SlackMessenger
from tests.blocks.stories import ENDED, RUN, started, view
from tests.handlers.world import World, begun, opened

SILENCE_SECONDS = 30
WHOLE = ["card", "progress", "notice/report", "approval/ask", "question/rate", "result"]


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    """A world in which nobody waits long for an answer."""
    async with opened(tmp_path, patience_seconds=0.1) as made:
        yield made


async def wait_in_silence(world: World, seconds: float) -> None:
    """Let time pass as the messenger waits between one try and the next."""
    passed = 0.0
    while passed < seconds:
        step = await world.time.asleep() + 0.01
        world.time.pass_by(step)
        passed += step


async def all_shown(world: World, messenger: SlackMessenger) -> None:
    """Wait until all is shown, and let time pass whenever somebody waits for it."""
    settled = asyncio.ensure_future(messenger.settled())
    while not settled.done():
        asleep = asyncio.ensure_future(world.time.asleep())
        await asyncio.wait({settled, asleep}, return_when=asyncio.FIRST_COMPLETED)
        if asleep.done():
            world.time.pass_by(asleep.result() + 0.01)
        asleep.cancel()
    await settled


@pytest.mark.parametrize("shown", [0, 1, 3], ids=["before the card", "after it", "in the middle"])
async def test_half_a_minute_without_slack_loses_and_doubles_nothing(world, shown):
    messenger = world.messenger()
    if shown:
        messenger.show(view(*ENDED[:shown]))
        await messenger.settled()

    world.slack.faults.pause_api()
    for count in range(shown + 1, len(ENDED) + 1):
        messenger.show(view(*ENDED[:count]))
    await wait_in_silence(world, SILENCE_SECONDS)
    world.slack.faults.resume_api()
    await all_shown(world, messenger)

    assert await world.keys() == WHOLE
    assert "✅ *Done*" in str((await world.thread())[0]["blocks"])


async def test_a_crash_in_the_silence_doubles_nothing_either(world):
    first = world.messenger()
    first.show(begun(view(started()), 3_600))
    await first.settled()
    world.slack.faults.pause_api()
    first.show(begun(view(*ENDED), 3_600))
    await world.time.asleep()  # a post was made that nobody heard of
    await first.drain(timedelta())

    world.slack.faults.resume_api()
    second = world.messenger()
    second.show(begun(view(*ENDED), 3_600))
    await all_shown(world, second)

    assert await world.keys() == WHOLE
    known = await world.database.postings.of_run(RUN)
    assert all(one.ts for one in known)
