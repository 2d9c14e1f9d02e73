"""Two processes write to one PostgreSQL at the same time."""

import asyncio
import random

import pytest

from opstream.domain.audit import AuditEntry
from opstream.errors import NoRoom, RunMovedOn
from opstream.ports import Room
from tests import postgres
from tests.adapters.store.sharing import process
from tests.contracts.stories import ANA, NOON, Story, started, succeeded


@pytest.fixture
async def both():
    url = postgres.cleared_database()
    opened = [await process(url, "one"), await process(url, "two")]
    yield opened
    for one in opened:
        await one.close()


def entry(run_id: str) -> AuditEntry:
    return AuditEntry(NOON, ANA, "run.helped", run_id)


async def test_of_two_processes_one_wins_each_version(both):
    names = [f"r{n}" for n in range(60)]
    told = [await Story(both[0].runs, name).tell(started()) for name in names]

    async def help_all(database, seed: int) -> list[object]:
        order = random.Random(seed).sample(told, len(told))
        twins = [story.as_told_so_far() for story in order]
        for twin in twins:
            twin._store = database.runs
        tells = (
            twin.tell(succeeded(f"by-{seed}"), audit=[entry(twin.id)] * (n % 2))
            for n, twin in enumerate(twins)
        )
        return await asyncio.gather(*tells, return_exceptions=True)

    results = await asyncio.gather(help_all(both[0], 1), help_all(both[1], 2))

    outcomes = [one for result in results for one in result]
    won = [one.id for one in outcomes if isinstance(one, Story)]
    assert sorted(won) == sorted(names)
    assert sum(isinstance(one, RunMovedOn) for one in outcomes) == len(names)
    assert {len(await both[0].runs.history(name)) for name in names} == {2}
    assert await both[0].audit.first_broken() is None


async def test_two_processes_do_not_fill_the_last_place_twice(both):
    tells = (
        Story(database.runs, f"{database.me}{n}").tell(
            started(), room=Room(of_workflow=2, of_person=4), audit=[entry("any")]
        )
        for n in range(20)
        for database in both
    )

    results = await asyncio.gather(*tells, return_exceptions=True)

    assert sum(isinstance(one, Story) for one in results) == 3
    assert sum(isinstance(one, NoRoom) for one in results) == 37
    assert len(await both[1].audit.of_subject("any")) == 3


async def test_a_text_published_by_two_processes_at_once_is_one_version(both):
    versions = await asyncio.gather(
        *(one.workflows.publish("deploy", "a", "deploy.yaml", NOON) for one in both * 5)
    )

    assert versions == [1] * 10


async def test_a_delivery_that_reaches_two_processes_is_new_to_one(both):
    news = await asyncio.gather(*(one.deliveries.first_time("Ev1", NOON) for one in both * 10))

    assert sum(news) == 1
