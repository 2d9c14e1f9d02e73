"""Of many processes one at a time advances a run, and a dead one loses it."""

import pytest

from opstream.domain import history as h
from opstream.errors import NotOwner
from tests import postgres
from tests.adapters.store.sharing import ask, process
from tests.contracts.stories import BO, NOON, Story, asked, started, succeeded


@pytest.fixture
def url():
    return postgres.cleared_database()


@pytest.fixture
async def one(url):
    opened = await process(url, "one")
    yield opened
    await opened.close()


@pytest.fixture
async def two(url):
    opened = await process(url, "two")
    yield opened
    await opened.close()


def fall_silent(url: str, me: str) -> None:
    """Have a process not be seen for 7 s."""
    ask(url, "UPDATE workers SET seen_at = seen_at - 7000000 WHERE id = %s", me)


async def test_one_process_on_sqlite_owns_every_run(database):
    await Story(database.runs, "r1").tell(started())

    assert await database.runs.claim("r1")
    await Story(database.runs, "r2").tell(started(), as_owner=True)
    await database.runs.release("r1")


async def test_a_claimed_run_is_nobody_elses_until_it_is_released(one, two):
    await Story(one.runs, "r1").tell(started())

    assert await one.runs.claim("r1")
    assert await one.runs.claim("r1")
    assert not await two.runs.claim("r1")
    assert await two.runs.owner("r1") == "one"

    await two.runs.release("r1")
    assert not await two.runs.claim("r1")
    await one.runs.release("r1")
    assert await two.runs.claim("r1")


async def test_a_run_that_is_not_there_is_not_another_ones(one):
    assert await one.runs.claim("nobody")
    assert await one.runs.owner("nobody") is None


async def test_the_runs_of_a_process_that_fell_silent_can_be_claimed(one, two, url):
    await Story(one.runs, "r1").tell(started())
    await one.runs.claim("r1")

    fall_silent(url, "one")

    assert await two.workers.live() == ["two"]
    assert await two.runs.claim("r1")
    await one.workers.beat()
    assert await two.workers.live() == ["one", "two"]
    assert not await one.runs.claim("r1")


async def test_the_runs_of_a_process_that_has_left_are_free_at_once(url, two):
    leaving = await process(url, "leaving")
    await Story(leaving.runs, "r1").tell(started())
    await leaving.runs.claim("r1")

    await leaving.close()

    assert await two.runs.claim("r1")


async def test_who_lost_a_run_cannot_write_as_its_owner_any_more(one, two, url):
    story = await Story(one.runs, "r1").tell(started())
    await one.runs.claim("r1")
    fall_silent(url, "one")
    await two.runs.claim("r1")

    with pytest.raises(NotOwner, match="took the run `r1` over"):
        await story.tell(succeeded("build"), as_owner=True)

    assert await two.runs.history("r1") == [started()]


async def test_who_lost_a_run_cannot_write_either_when_nobody_has_it_any_more(one, two, url):
    story = await Story(one.runs, "r1").tell(started())
    await one.runs.claim("r1")
    fall_silent(url, "one")
    await two.runs.claim("r1")
    await two.runs.release("r1")

    with pytest.raises(NotOwner):
        await story.tell(succeeded("build"), as_owner=True)

    assert await two.runs.history("r1") == [started()]


async def test_what_was_decided_before_a_run_was_lost_is_refused_although_it_was_regained(
    one, two, url
):
    story = await Story(one.runs, "r1").tell(started())
    await one.runs.claim("r1")
    before = one.runs.epoch("r1")
    fall_silent(url, "one")
    await two.runs.claim("r1")
    await two.runs.release("r1")
    assert await one.runs.claim("r1")

    with pytest.raises(NotOwner):
        await story.tell(succeeded("build"), as_owner=True, epoch=before)

    await story.tell(succeeded("build"), as_owner=True, epoch=one.runs.epoch("r1"))
    assert await one.runs.owner("r1") == "one"


async def test_a_lost_run_is_not_the_owners_first_and_moved_on_second(one, two, url):
    story = await Story(one.runs, "r1").tell(started())
    await one.runs.claim("r1")
    stale = story.as_told_so_far()
    fall_silent(url, "one")
    await two.runs.claim("r1")
    others = Story(two.runs, "r1")
    others.run = story.run
    await others.tell(succeeded("build"), as_owner=True)

    with pytest.raises(NotOwner):
        await stale.tell(succeeded("build"), as_owner=True)


async def test_each_claim_has_a_higher_epoch_and_a_confirmed_one_keeps_it(one, two):
    await Story(one.runs, "r1").tell(started())
    assert one.runs.epoch("r1") == 0

    await one.runs.claim("r1")
    first = one.runs.epoch("r1")
    await one.runs.claim("r1")
    assert one.runs.epoch("r1") == first
    assert not await two.runs.claim("r1")
    assert two.runs.epoch("r1") == 0

    await one.runs.release("r1")
    await two.runs.claim("r1")
    assert two.runs.epoch("r1") > first


async def test_what_people_do_needs_no_claim_and_takes_none(one, two):
    story = await Story(one.runs, "r1").tell(started(), asked())
    await two.runs.claim("r1")

    await story.tell(h.ApprovalGranted(NOON, "approve", 1, BO))

    assert await one.runs.owner("r1") == "two"


async def test_a_run_is_given_back_by_the_commit_after_which_it_rests(one, two):
    story = await Story(one.runs, "r1").tell(started())
    await one.runs.claim("r1")
    await story.tell(succeeded("build"), as_owner=True)
    assert await one.runs.owner("r1") == "one"

    await story.tell(asked(), as_owner=True, rests=True)

    assert await one.runs.owner("r1") is None
    assert await two.runs.claim("r1")


async def test_a_run_without_an_owner_belongs_to_who_writes_as_one(one, two):
    story = await Story(one.runs, "r1").tell(started())

    await story.tell(succeeded("build"), as_owner=True)

    assert not await two.runs.claim("r1")


async def test_runs_that_a_live_process_is_at_are_not_left_lying(one, two, url):
    for run_id in ("r1", "r2"):
        await Story(one.runs, run_id).tell(started())
    await one.runs.claim("r1")

    assert await one.runs.unfinished() == ["r1", "r2"]
    assert await two.runs.unfinished() == ["r2"]

    fall_silent(url, "one")
    assert await two.runs.unfinished() == ["r1", "r2"]
