"""Watching from the card, hearing in the thread, and who was told."""

from datetime import UTC, datetime

from handlers.notices import SlackCourier
from opstream.domain.conversation import Place
from opstream.domain.notification import (
    Dispatch,
    Notice,
    NoticeKind,
    Preferences,
    Standing,
    Target,
    Where,
)
from opstream.domain.person import Person
from opstream.ports import Batch
from tests.handlers.driving import OPS, asked_to_greet, count

BO, DM_BO = "U0BO000001", "D0BO000001"


async def test_who_watches_from_the_card_and_chose_threads_hears_the_end_below_the_card(
    bot, ana, bo
):
    question = await asked_to_greet(ana, bo)
    card = await bo.sees("Waiting for a decision", "run_watch")
    notifications = bot.install.services.notifications
    await notifications.prefer(BO, Preferences(where=Where.THREAD), by=Person(BO, "Bo"))
    await bo.press(card, "run_watch")
    await bo.told("You watch `")

    await bo.press(question, "approval_grant")

    await bo.sees(f"<@{BO}>", "is done.", thread=card["ts"])
    run = (await bot.install.services.runs.ended(limit=1)).runs[0].id
    await bo.command(f"/opstream logs {run}")
    await bo.told("Log of", "Told:", f"<@{BO}> (", "<@U0CLEO0001> (1 told)")
    assert count(bo, "was started by") == 0  # that was before


async def test_who_stops_watching_hears_no_more(bot, ana, bo):
    question = await asked_to_greet(ana, bo)
    await bo.press(await bo.sees("Waiting for a decision", "run_watch"), "run_watch")
    await bo.press(await bo.told("You watch `"), "run_unwatch")
    await bo.told("do not watch", "any more")

    await bo.press(question, "approval_grant")

    await bo.sees("✅ *Done.*")
    run = (await bot.install.services.runs.ended(limit=1)).runs[0].id
    told = await bot.install.services.notifications.told(run)
    assert [one for one in told if "/ended/" in one.notice.key] == []


async def test_the_button_on_home_opens_the_preferences(bot, ana):
    await ana.until(lambda: ana.connected, "the bot is connected")
    await ana.do("open_home", tab="home")
    await ana.until(lambda: ana.home, "Home")
    row = next(one for one in ana.home["blocks"] if "prefs_open" in str(one))

    await ana.do("press", view_id=ana.home["id"], block_id=row["block_id"], action_id="prefs_open")

    form = await ana.opens("form_prefs")
    assert "U0ANA00001" in form["private_metadata"]


def batch(*, again=False):
    """A notice for Bo, who chose threads, about a run whose card does not stand yet."""
    now = datetime.now(UTC)  # noqa: TID251 - of the playground's messages
    notice = Notice("r0/ended/0", NoticeKind.COMPLETED, "It is done.", run="r0", place=Place(OPS))
    target = Target(BO, Place(OPS), run="r0")
    part = Dispatch(notice, target, Standing.HELD, now, now)
    return Batch("notice/r0/ended/0@U0BO000001", target, (part,), again)


async def test_a_run_without_a_thread_is_told_in_a_direct_message_and_not_twice(bot, bo):
    async def yes(*_):
        return None

    await bo.until(lambda: bo.connected, "the bot is connected")
    outbox, store = bot.messenger.outbox, bot.messenger.callers.store
    courier = SlackCourier(bot.app.client, outbox, store, yes, yes)

    assert (await courier.carry(batch())).done
    assert (await courier.carry(batch(again=True))).done

    await bo.sees("It is done.")
    assert count(bo, "It is done.") == 1
    assert not [
        channel for channel, _ in bo.messages if channel == OPS and bo.find("It is done", thread="")
    ]
