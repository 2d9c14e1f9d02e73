"""What a person can make go wrong from the page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    Page,
    bolt,
    client,
    connected,
    page,
    running,
    until,
)


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path) as one:
        yield one


@pytest.fixture
async def ana(playground: Playground) -> AsyncIterator[Page]:
    async with page(playground) as one:
        yield one


async def test_a_storm_refuses_calls_and_says_how_long_to_wait(
    playground: Playground, ana: Page
) -> None:
    reply = await ana.wish("trouble", trouble="storm")

    assert "20 calls are refused" in reply["said"]
    with pytest.raises(SlackApiError, match="ratelimited") as refused:
        await client(playground).auth_test()
    assert refused.value.response.headers["Retry-After"] == "5"


async def test_a_silence_and_a_cut_and_doubles_are_made(playground: Playground, ana: Page) -> None:
    for trouble in ("silence", "doubles"):
        assert (await ana.wish("trouble", trouble=trouble))["ok"]

    assert not playground.faults.gate.is_set()
    assert playground.faults.duplicates == 10
    playground.faults.resume_api()
    playground.faults.duplicate_next(0)
    app = bolt(playground)
    async with connected(app, playground):
        await until(lambda: playground._sockets.count > 0)
        await ana.wish("trouble", trouble="cut")
        await until(lambda: playground._sockets.count == 0)


async def test_slow_answers_are_turned_on_and_off(playground: Playground, ana: Page) -> None:
    assert "takes 2 s" in (await ana.wish("trouble", trouble="slow"))["said"]
    assert playground.faults.delay_seconds == 2
    assert "at once again" in (await ana.wish("trouble", trouble="slow"))["said"]
    assert playground.faults.delay_seconds == 0


async def test_an_unknown_trouble_is_refused(ana: Page) -> None:
    reply = await ana.wish("trouble", trouble="meteor")

    assert reply["error"] == "There is no trouble 'meteor' to be made."
