from dataclasses import replace
from datetime import timedelta

import pytest

from opstream.domain.trigger import Missed, Schedule
from opstream.ports import PlannedStart
from tests.contracts.stories import ANA, HERE, NOON, later

NIGHTLY = PlannedStart(
    "deploy/1",
    "deploy",
    Schedule(cron="5 2 * * *", timezone="Europe/Berlin", missed=Missed.ALL, inputs={"deep": [1]}),
    next_at=later(60),
)
ONCE = PlannedStart(
    "ana/1",
    "backup",
    Schedule(at=later(30) + timedelta(microseconds=1)),
    next_at=later(30),
    last_at=NOON,
    by=ANA,
    place=HERE,
    outcome="Started `r1`.",
)


@pytest.fixture
def schedules(database):
    return database.schedules


async def test_what_was_planned_comes_back_as_it_was(schedules):
    for planned in (NIGHTLY, ONCE):
        await schedules.save(planned)

    assert await schedules.all() == [ONCE, NIGHTLY]


async def test_a_planned_start_replaces_the_one_of_its_name(schedules):
    await schedules.save(NIGHTLY)
    moved = replace(NIGHTLY, next_at=None, last_at=later(60), outcome="Skipped.")

    await schedules.save(moved)

    assert await schedules.all() == [moved]


async def test_those_are_due_whose_time_has_come(schedules):
    for planned in (NIGHTLY, ONCE, replace(ONCE, name="done", next_at=None)):
        await schedules.save(planned)

    assert await schedules.due(later(29)) == []
    assert await schedules.due(later(30)) == [ONCE]
    assert await schedules.due(later(99)) == [ONCE, NIGHTLY]
    assert await schedules.next_at() == later(30)


async def test_nothing_is_due_where_nothing_is_planned(schedules):
    assert await schedules.all() == []
    assert await schedules.next_at() is None


async def test_what_was_taken_out_is_gone(schedules):
    await schedules.save(ONCE)

    assert await schedules.remove("ana/1") is True
    assert await schedules.remove("ana/1") is False
    assert await schedules.all() == []
