"""What arrives for runs: events by topic, and replies in the thread."""

import pytest

from opstream.errors import BadInput, NotAllowed, NotFound, TooLate
from tests.runs.conftest import ANA, BOT, DAN

HEAD = "id: demo\ntitle: Demo\nsteps:\n"
PAID = HEAD + "  - {id: paid, wait: {topic: order.paid}}\n"
SLOW = HEAD + "  - {id: rest, wait: 1h}\n  - {id: paid, wait: {topic: order.paid}}\n"
REPLY = HEAD + "  - {id: hear, wait: {reply: true}}\n"


async def waiting(house, text: str = PAID, step: str = "paid") -> str:
    run_id = await house.start(text)
    await house.watcher.until(run_id, lambda view: step in view.run.steps)
    return run_id


async def test_an_event_reaches_all_runs_that_wait_for_its_topic(house):
    first = await waiting(house)
    second = (await house.runs.start("demo", {}, by=ANA, place=None)).id
    await house.watcher.until(second, lambda view: "paid" in view.run.steps)

    took = await house.runs.deliver("order.paid", {"sum": 7}, "k1", by=ANA)

    assert sorted(took) == sorted([first, second])
    for run_id in (first, second):
        view = await house.watcher.ended(run_id)
        assert view.run.state("paid").output == {"sum": 7}


async def test_an_event_is_given_only_to_runs_whose_condition_it_meets(house):
    text = HEAD.replace("steps:", "inputs:\n  order: number\nsteps:") + (
        "  - {id: paid, wait: {topic: order.paid, where: 'letter.body.order == inputs.order'}}\n"
    )
    first = await house.start(text, order=1)
    second = (await house.runs.start("demo", {"order": 2}, by=ANA, place=None)).id
    for run_id in (first, second):
        await house.watcher.until(run_id, lambda view: "paid" in view.run.steps)

    took = await house.runs.deliver("order.paid", {"order": 2}, "k1")

    assert took == [second]
    await house.watcher.ended(second)
    assert not (await house.runs.view(first)).run.status.ended


async def test_an_event_of_another_topic_reaches_nobody(house):
    run_id = await waiting(house)

    assert await house.runs.deliver("order.lost", {}, "k1") == []
    assert not (await house.runs.view(run_id)).run.status.ended


async def test_the_same_event_twice_counts_once(house):
    text = PAID + "  - {id: again, wait: {topic: order.paid}}\n"
    run_id = await waiting(house, text)

    for _ in range(2):
        assert await house.runs.deliver("order.paid", 1, "k1", run_id=run_id) == [run_id]
    await house.watcher.until(run_id, lambda view: "again" in view.run.steps)
    await house.runs.deliver("order.paid", 2, "k2", run_id=run_id)

    view = await house.watcher.ended(run_id)
    assert [view.run.state(step).output for step in ("paid", "again")] == [1, 2]


async def test_an_event_for_one_run_is_kept_until_it_waits_for_it(house):
    run_id = await waiting(house, SLOW, "rest")

    assert await house.runs.deliver("order.paid", {"sum": 7}, "k1", run_id=run_id) == [run_id]
    house.clock.pass_(hours=1)
    await house.install.look_around()

    view = await house.watcher.ended(run_id)
    assert view.run.state("paid").output == {"sum": 7}


async def test_what_cannot_be_delivered_is_refused_in_a_sentence(house):
    run_id = await waiting(house)

    with pytest.raises(NotAllowed, match="role `operator`"):
        await house.runs.deliver("order.paid", {}, "k", by=DAN)
    with pytest.raises(NotFound):
        await house.runs.deliver("order.paid", {}, "k", by=ANA, run_id="r0nothere0")
    with pytest.raises(BadInput, match="needs a topic"):
        await house.runs.deliver(" ", {}, "k", by=ANA)
    with pytest.raises(BadInput, match="topic of replies"):
        await house.runs.deliver("reply", "yes", "k", by=ANA)
    await house.runs.cancel(run_id, by=ANA)
    with pytest.raises(TooLate, match="has ended"):
        await house.runs.deliver("order.paid", {}, "k", by=ANA, run_id=run_id)


async def test_a_reply_goes_to_a_run_that_waits_for_one_and_to_no_other(house):
    run_id = await waiting(house, REPLY, "hear")

    assert not await house.runs.reply(run_id, "I am a bot.", by=BOT, key="c:1")
    assert not await house.runs.reply(run_id, "  ", by=DAN, key="c:2")
    assert await house.runs.reply(run_id, " Ship it. ", by=DAN, key="c:3")

    view = await house.watcher.ended(run_id)
    assert view.run.state("hear").output == {"text": "Ship it.", "by": "Dan", "by_id": DAN.id}
    assert not await house.runs.reply(run_id, "Too late.", by=DAN, key="c:4")


async def test_what_is_said_before_a_run_asks_is_no_reply(house):
    text = HEAD + "  - {id: rest, wait: 1h}\n  - {id: hear, wait: {reply: true}}\n"
    run_id = await waiting(house, text, "rest")

    assert not await house.runs.reply(run_id, "Good morning!", by=ANA, key="c:1")
