"""How many runs may be active at once, and which of those that must wait goes first."""

import asyncio

import pytest

from opstream.domain import history as h
from opstream.errors import NoRoom, RunMovedOn
from opstream.ports import Room
from tests.contracts.stories import ANA, BO, NOON, Story, later, started

ONE_BESIDE = Room(of_workflow=1)


@pytest.fixture
def runs(database):
    return database.runs


def finished(at=NOON) -> h.RunFinished:
    return h.RunFinished(at, h.Outcome.SUCCEEDED)


async def test_a_run_that_finds_no_room_does_not_begin(runs, database):
    for run_id in ("r1", "r2"):
        await Story(runs, run_id).tell(started(), room=ONE_BESIDE)

    with pytest.raises(NoRoom, match="Wait for one to end"):
        await Story(runs, "r3").tell(started(), room=ONE_BESIDE)

    assert await runs.history("r3") == []
    assert await database.postings.unsettled() == ["r1", "r2"]


async def test_an_ended_run_makes_room(runs):
    story = await Story(runs, "r1").tell(started(), room=Room(of_workflow=0))
    await story.tell(finished())

    await Story(runs, "r2").tell(started(), room=Room(of_workflow=0))

    assert await runs.history("r2") == [started()]


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ((started(queued=True),), False),
        ((started(), h.RunPaused(NOON, ANA)), True),
        ((started(), h.RunStopping(NOON, h.Outcome.FAILED, "No.")), True),
        ((started(), finished()), False),
    ],
    ids=["queued", "paused", "stopping", "ended"],
)
async def test_what_is_neither_queued_nor_ended_takes_room(runs, facts, counts):
    await Story(runs, "r1").tell(*facts)

    second = Story(runs, "r2").tell(started(), room=Room(of_workflow=0))

    if counts:
        with pytest.raises(NoRoom):
            await second
    else:
        await second


async def test_room_is_by_workflow_and_by_person(runs):
    await Story(runs, "r1").tell(started("deploy", ANA))
    await Story(runs, "r2").tell(started("backup", BO), room=Room(of_workflow=0, of_person=0))

    with pytest.raises(NoRoom):
        await Story(runs, "r3").tell(started("other", ANA), room=Room(of_person=0))
    with pytest.raises(NoRoom):
        await Story(runs, "r3").tell(started("deploy", BO), room=Room(of_workflow=0))


async def test_of_50_who_begin_at_once_as_many_do_as_there_is_room_for(runs):
    results = await asyncio.gather(
        *(Story(runs, f"r{n}").tell(started(), room=Room(of_workflow=6)) for n in range(50)),
        return_exceptions=True,
    )

    assert sum(isinstance(one, Story) for one in results) == 7
    assert sum(isinstance(one, NoRoom) for one in results) == 43
    assert len(await runs.find("r")) == 5


async def test_a_queued_run_is_released_only_into_room_and_once(runs):
    active = await Story(runs, "r1").tell(started())
    queued = await Story(runs, "r2").tell(started(queued=True))
    twin = queued.as_told_so_far()
    released = h.RunReleased(later(5))
    with pytest.raises(NoRoom):
        await queued.tell(released, room=Room(of_workflow=0))

    await active.tell(finished())
    await queued.tell(released, room=Room(of_workflow=0))

    with pytest.raises((RunMovedOn, NoRoom)):
        await twin.tell(released, room=Room(of_workflow=0))
    assert await runs.history("r2") == [started(queued=True), released]


async def test_the_queued_run_of_highest_priority_goes_first_then_the_oldest(runs):
    for n, (run_id, priority) in enumerate([("low", -1), ("new", 5), ("old", 5)]):
        await Story(runs, run_id).tell(started(queued=True, at=later(-n)), priority=priority)
    await Story(runs, "other").tell(started("backup", queued=True), priority=9)
    await Story(runs, "active").tell(started("audit"), priority=9)

    assert await runs.next_queued("deploy") == "old"
    assert await runs.next_queued("audit") is None
    assert await runs.with_room() == ["backup", "deploy"]


async def test_the_run_that_has_been_active_longest_is_the_first_that_began(runs):
    for n in range(3):
        await Story(runs, f"r{n}").tell(started(at=later(-n)))
    await Story(runs, "queued").tell(started(at=later(-8), queued=True))
    await Story(runs, "ended").tell(started(at=later(-9)), finished())
    await Story(runs, "paused").tell(started("backup"), h.RunPaused(NOON, ANA))

    assert await runs.oldest_active("deploy") == "r2"
    assert await runs.oldest_active("backup") == "paused"
    assert await runs.oldest_active("audit") is None
