"""The messenger against a real socket: nothing lost, nothing doubled, in order, and not too fast."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.outbox import EVENT_TYPE
from handlers.pacing import Rates
from opstream.domain.conversation import Place, Posting
from opstream.domain.operation import Progress
from opstream.playground.slack.server import Playground, PlaygroundSettings
from tests.blocks.stories import ASKING, ENDED, FAILED, GRANTED, MEASURED, RUN, started, view
from tests.handlers.world import OPS, World, begun, opened


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    """A world of one's own."""
    async with opened(tmp_path) as made:
        yield made


async def test_a_run_is_one_card_and_its_thread_in_order(world):
    messenger = world.messenger()

    messenger.show(view(*ENDED))
    await messenger.settled()

    assert await world.keys() == [
        "card",
        "progress",
        "notice/report",
        "approval/ask",
        "question/rate",
        "result",
    ]


async def test_what_changed_is_edited_in_place_and_what_did_not_is_left_alone(world):
    messenger = world.messenger()
    messenger.show(view(*ASKING))
    await messenger.settled()
    posts = world.client.count("chat.postMessage")

    messenger.show(view(*GRANTED))
    await messenger.settled()
    edits = world.client.count("chat.update")
    messenger.show(view(*GRANTED))
    await messenger.settled()

    assert world.client.count("chat.postMessage") == posts
    assert world.client.count("chat.update") == edits
    assert "*Approved* by <@U0BO000001>" in str((await world.thread())[3]["blocks"])


async def test_links_are_not_unfurled_and_text_is_always_there(world):
    messenger = world.messenger()

    messenger.show(view(*ENDED))
    await messenger.settled()

    posts = [arguments for name, arguments in world.client.calls if name == "chat.postMessage"]
    assert all(one["text"].strip() and not one["unfurl_links"] for one in posts)


async def test_a_crash_between_posting_and_noting_it_shows_one_message(world):
    meant = Posting(f"{RUN}/card", RUN, Place(OPS), None, "")
    await world.database.postings.save(meant)
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": meant.key}}
    posted = await world.client.chat_postMessage(channel=OPS, text="half", metadata=metadata)

    messenger = world.messenger()
    messenger.show(begun(view(*MEASURED), float(posted["ts"])))
    await messenger.settled()

    shown = await world.thread()
    assert shown[0]["ts"] == posted["ts"]
    assert "Application Performance Profiling" in str(shown[0]["blocks"])
    known = {one.key: one.ts for one in await world.database.postings.of_run(RUN)}
    assert known[meant.key] == posted["ts"]


async def test_a_crash_before_posting_shows_one_message_too(world):
    meant = Posting(f"{RUN}/card", RUN, Place(OPS), None, "")
    await world.database.postings.save(meant)

    messenger = world.messenger()
    messenger.show(view(*MEASURED))
    await messenger.settled()

    assert await world.keys() == ["card", "progress"]


async def test_a_reply_that_was_posted_but_not_noted_is_found_in_the_thread(world):
    first = world.messenger()
    first.show(begun(view(*ASKING), 3_600))
    await first.settled()
    known = {one.key: one for one in await world.database.postings.of_run(RUN)}
    await world.database.postings.save(replace(known[f"{RUN}/approval/ask/1"], ts=None))

    second = world.messenger()
    second.show(begun(view(*GRANTED), 3_600))
    await second.settled()

    assert await world.keys() == ["card", "progress", "notice/report", "approval/ask"]
    assert "*Approved* by" in str((await world.thread())[3]["blocks"])


async def test_429_is_waited_out_and_the_order_kept(world):
    messenger = world.messenger()
    world.slack.faults.storm(2, retry_after=7, method="chat.postMessage")

    messenger.show(view(*ASKING))
    for _ in range(2):
        assert await world.time.asleep() == pytest.approx(7, abs=0.1)
        world.time.pass_by(7.1)
    await messenger.settled()

    assert await world.keys() == ["card", "progress", "notice/report", "approval/ask"]


async def test_states_in_between_are_skipped_and_the_last_one_always_arrives(world):
    messenger = world.messenger()
    messenger.show(view(started()))
    await messenger.settled()
    before = len(world.client.calls)

    world.slack.faults.pause_api()
    for count in range(2, len(ENDED) + 1):
        messenger.show(view(*ENDED[:count]))
    world.slack.faults.resume_api()
    await messenger.settled()

    assert "✅ *Done*" in str((await world.thread())[0]["blocks"])
    assert len(world.client.calls) - before <= 8  # four posts, two edits, and what was under way


async def test_progress_is_edited_at_most_every_two_seconds(world):
    messenger = world.messenger()
    messenger.show(view(started()))
    await messenger.settled()
    before = world.client.count("chat.update")

    for done in range(100):
        messenger.progress(RUN, "measure", Progress(done, 100, f"{done} read"))
    assert await world.time.asleep() == pytest.approx(2, abs=0.2)
    assert world.client.count("chat.update") == before
    world.time.pass_by(2.1)
    await messenger.settled()

    assert world.client.count("chat.update") == before + 1
    assert "99 read" in str((await world.thread())[1]["blocks"])


async def test_a_run_that_waits_for_somebody_says_so_at_once(world):
    messenger = world.messenger()
    messenger.show(view(*MEASURED))
    await messenger.settled()

    messenger.show(view(*ASKING))
    await messenger.settled()

    assert "Waiting for a decision" in str((await world.thread())[0]["blocks"])
    assert "Waiting for a decision" in str((await world.thread())[1]["blocks"])


async def test_a_network_that_is_away_loses_nothing(world, tmp_path):
    port = int(world.slack.address.rsplit(":", 1)[1])
    await world.slack.stop()
    messenger = world.messenger()
    messenger.show(view(*MEASURED))
    for wait in (1, 2, 4, 8, 16, 30):
        assert await world.time.asleep() == pytest.approx(wait)
        world.time.pass_by(wait)
    await world.time.asleep()
    settings = PlaygroundSettings(state_dir=tmp_path / "slack", port=port, rates_enforced=False)
    world.slack = Playground(settings)
    await world.slack.start()
    messenger.show(view(*ASKING))

    world.time.pass_by(30)
    await messenger.settled()

    assert await world.keys() == ["card", "progress", "notice/report", "approval/ask"]


async def test_slack_is_never_asked_faster_than_it_grants(world):
    messenger = world.messenger(Rates())

    messenger.show(view(*ENDED))
    for _ in range(2):  # six posts: four at once, two a second apart
        assert await world.time.asleep() == pytest.approx(1, abs=0.01)
        world.time.pass_by(1)
    await messenger.settled()

    assert world.client.count("chat.postMessage") == 6


async def test_an_archived_channel_moves_the_run_to_a_direct_message(world):
    messenger = world.messenger()

    messenger.show(view(started(place=Place("C0RANDOM01")), *MEASURED[1:]))
    await messenger.settled()

    shown = await world.thread("D0ANA00001")
    assert "I could not write in <#C0RANDOM01>" in str(shown[0]["blocks"])
    assert len(shown) == 2


async def test_a_run_that_began_outside_slack_is_shown_in_the_default_channel(world):
    messenger = world.messenger()

    messenger.show(view(started(place=None)))
    await messenger.settled()

    assert await world.keys() == ["card", "progress"]


async def test_a_run_started_in_a_thread_is_shown_in_that_thread(world):
    root = await world.client.chat_postMessage(channel=OPS, text="Something is slow")
    messenger = world.messenger()

    messenger.show(view(started(place=Place(OPS, root["ts"])), *ASKING[1:]))
    await messenger.settled()

    replies = await world.client.conversations_replies(channel=OPS, ts=root["ts"])
    assert len(replies["messages"]) == 5


async def test_a_message_that_somebody_deleted_is_not_posted_again(world):
    messenger = world.messenger()
    messenger.show(view(*ASKING))
    await messenger.settled()
    question = (await world.thread())[3]
    await world.client.chat_delete(channel=OPS, ts=question["ts"])

    messenger.show(view(*GRANTED))
    await messenger.settled()

    assert await world.keys() == ["card", "progress", "notice/report"]


async def test_an_older_state_that_comes_late_changes_nothing(world):
    messenger = world.messenger()

    messenger.show(view(*FAILED))
    messenger.show(view(started()))
    await messenger.settled()

    assert "❌ *Failed*" in str((await world.thread())[0]["blocks"])


async def test_draining_ends_what_is_under_way_and_takes_nothing_new(world):
    messenger = world.messenger()
    messenger.show(view(*MEASURED))

    assert await messenger.drain(timedelta(seconds=5))
    messenger.show(view(*ENDED))

    assert await world.keys() == ["card", "progress"]
