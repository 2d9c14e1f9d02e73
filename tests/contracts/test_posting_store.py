from dataclasses import replace

import pytest

from opstream.domain.conversation import Place, Posting
from tests.contracts.stories import NOON, Story, started, succeeded

CARD = Posting("r1/card", "r1", Place("C1"), None, "d0")


@pytest.fixture
def postings(database):
    return database.postings


async def test_postings_come_in_the_order_in_which_they_were_intended(postings):
    plan = Posting("r1/plan", "r1", Place("C1", "17.1"), None, "p0")
    other = Posting("r2/card", "r2", Place("C1"), "17.9", "d0")
    for posting in (CARD, plan, other):
        await postings.save(posting)

    posted = replace(CARD, ts="17.1", digest="d1")
    await postings.save(posted)

    assert await postings.of_run("r1") == [posted, plan]
    assert await postings.of_run("r3") == []


async def test_a_thread_belongs_to_the_run_whose_card_is_its_root(postings):
    await postings.save(replace(CARD, ts="17.1"))
    await postings.save(Posting("r1/plan", "r1", Place("C1", "17.1"), "17.2", "p0"))

    assert await postings.run_of_thread("C1", "17.1") == "r1"
    assert await postings.run_of_thread("C2", "17.1") is None
    assert await postings.run_of_thread("C1", "17.3") is None


async def test_a_run_is_unsettled_until_its_last_version_was_shown(database, postings):
    story = await Story(database.runs, "r1").tell(started())
    assert await postings.unsettled() == ["r1"]

    await postings.shown("r1", 1)
    assert await postings.unsettled() == []

    await story.tell(succeeded("build", at=NOON))
    assert await postings.unsettled() == ["r1"]


async def test_news_that_come_late_do_not_unsettle_a_run(database, postings):
    story = await Story(database.runs, "r1").tell(started())
    await story.tell(succeeded("build"))
    await postings.shown("r1", 2)

    await postings.shown("r1", 1)

    assert await postings.unsettled() == []
