"""Home is shown anew when something on it changes: soon, seldom, and only where somebody may look."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from blocks.home import Offsets
from handlers.homes import Homes
from opstream.domain import history as h
from tests.blocks.stories import ANA, ASKING, ENDED, MEASURED, NOTIFIED, RESTING, at, view

BO = "U0BO000001"


class World:
    """A clock that jumps when somebody sleeps, and a Slack that notes what it is shown."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 12, tzinfo=UTC)
        self.says = "a"
        self.published: list[tuple[str, str, Offsets]] = []
        self.gate = asyncio.Event()
        self.homes = Homes(self.build, self.publish, self, self.sleep)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await self.gate.wait()
        self.at += timedelta(seconds=seconds)

    async def build(self, person: str, offsets: Offsets):
        return {"says": self.says, "offsets": [offsets.active], "person": person}

    async def publish(self, person: str, view) -> None:
        self.published.append((person, view["says"], view["offsets"][0]))

    async def settled(self) -> list[tuple[str, str, int]]:
        self.gate.set()
        await self.homes.settled()
        found, self.published = self.published, []
        return found


@pytest.fixture
async def world():
    made = World()
    await made.homes.open(ANA.id)
    await made.homes.open(BO)
    made.published.clear()
    yield made
    await made.homes.close()


async def test_many_changes_of_my_run_show_once_and_the_newest_state(world):
    for facts in (MEASURED, RESTING):
        world.homes.heard(view(*facts))
    world.homes.heard(view(*RESTING, h.RunPaused(at(70), ANA)))
    world.says = "newest"

    assert await world.settled() == [(ANA.id, "newest", 0)]


async def test_steps_that_change_nothing_on_home_show_nothing(world):
    world.homes.heard(view(*MEASURED))
    world.says = "b"
    assert await world.settled() == [(ANA.id, "b", 0)]

    world.says = "c"
    world.homes.heard(view(*NOTIFIED))

    assert await world.settled() == []


async def test_a_run_that_begins_or_ends_to_wait_for_people_concerns_everybody(world):
    world.says = "asking"
    world.homes.heard(view(*ASKING))

    assert sorted(await world.settled()) == [(ANA.id, "asking", 0), (BO, "asking", 0)]

    world.says = "over"
    world.homes.heard(view(*ASKING, h.RunFinished(at(70), h.Outcome.CANCELLED, by=ANA)))
    assert len(await world.settled()) == 2


async def test_a_home_that_looks_the_same_is_not_published_again(world):
    world.homes.heard(view(*ENDED))

    assert await world.settled() == []


async def test_a_home_opened_long_ago_is_left_alone(world):
    world.at += timedelta(minutes=31)
    world.says = "b"
    world.homes.heard(view(*ENDED))

    assert await world.settled() == []


async def test_it_stays_on_the_page_that_was_turned_to(world):
    await world.homes.open(ANA.id, Offsets(active=10))
    assert world.published == [(ANA.id, "a", 10)]
    world.published.clear()
    world.says = "b"

    world.homes.changed(ANA.id)

    assert await world.settled() == [(ANA.id, "b", 10)]
