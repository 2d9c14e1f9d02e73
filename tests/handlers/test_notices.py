"""Who hears what: preferences, watching, and messages that come once."""

from datetime import timedelta

import pytest

from opstream.domain.notification import Notice, NoticeKind, Severity
from tests.handlers.driving import asked_to_greet, count

ANA, BO = "U0ANA00001", "U0BO000001"


def notice(key, text, **more):
    return Notice(key, NoticeKind.TROUBLE, text, persons=(ANA,), **more)


async def fill(person, view, **values):
    """Submit a form with some of its fields changed, the others as they stand."""
    given = {}
    for block in view["blocks"]:
        if "element" not in block:
            continue
        element = block["element"]
        state = {"type": element["type"]}
        for name in ("option", "options"):
            if f"initial_{name}" in element:
                state[f"selected_{name}"] = element[f"initial_{name}"]
        text = values.get(block["block_id"], element.get("initial_value"))
        if element["type"] == "plain_text_input" and text:
            state["value"] = text
        given[block["block_id"]] = {element["action_id"]: state}
    return await person.do("view_submit", view_id=view["id"], values=given)


async def test_a_notice_reaches_the_person_once_however_often_it_is_told(bot, ana):
    await ana.until(lambda: ana.connected, "the bot is connected")
    for _ in range(3):
        await bot.install.services.notifications.tell(notice("n1", "The link is broken."))
    await bot.install.services.notifications.tell(notice("n2", "It works <!channel> again."))

    await ana.sees("The link is broken.")
    await ana.sees("It works")
    assert count(ana, "The link is broken.") == 1
    assert count(ana, "<!channel>") == 0


async def test_whoever_watches_a_run_hears_how_it_ends_and_a_stranger_does_not(bot, ana, bo):
    question = await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")
    run = (await bot.install.services.runs.active(limit=1)).runs[0].id
    await bo.command(f"/opstream watch {run}")
    await bo.told(f"You watch `{run}` now")

    await bo.press(question, "approval_grant")

    await bo.sees("is done.", "Open the thread", seconds=6)
    assert card["ts"]
    told = await bot.install.services.notifications.told(run)
    assert {one.target.owner for one in told if "/ended/" in one.notice.key} == {BO}
    await bo.command(f"/opstream unwatch {run}")
    await bo.told("any more")


async def test_preferences_are_shown_changed_and_checked_at_the_field(bot, ana):
    await ana.command("/opstream prefs")
    shown = await ana.told("What you hear", "About: all there is")
    await ana.press(shown, "prefs_open")
    form = await ana.opens("form_prefs")

    wrong = {"quiet": "22-8", "frequency": "often", "zone": "Mars/Base", "digest": "1s"}
    heard = {}
    ana._on_view_errors = heard.update
    await fill(ana, form, **wrong)
    await ana.until(lambda: "errors" in heard, "the faults at their fields")
    assert set(heard["errors"]) == set(wrong)

    await fill(ana, form, quiet="22:00-08:00", frequency="3/hour", zone="Europe/Berlin")
    await ana.told("not in the quiet hours 22:00-08:00 (Europe/Berlin)", "3 messages an hour")
    kept = await bot.install.services.notifications.preferences(ANA)
    assert (str(kept.quiet), kept.timezone) == ("22:00-08:00", "Europe/Berlin")


async def test_while_somebody_is_not_to_be_disturbed_only_critical_notices_come(
    bot, ana, playground
):
    await ana.until(lambda: ana.connected, "the bot is connected")
    notifications = bot.install.services.notifications
    until = notifications._kept.clock.now() + timedelta(hours=3)
    playground._hub.workspace.snoozes[ANA] = until.timestamp()

    await notifications.tell(notice("calm", "A tool is slow."))
    await notifications.tell(notice("hot", "All is down.", severity=Severity.CRITICAL))

    await ana.sees("All is down.")
    assert count(ana, "A tool is slow.") == 0


@pytest.mark.parametrize("who", ["U0DAN00001"])
async def test_only_operators_say_what_a_channel_hears(bot, join, who):
    dan = await join(who)
    await dan.command("/opstream prefs channel")
    shown = await dan.told("What this channel hears")
    await dan.press(shown, "prefs_open")

    await fill(dan, await dan.opens("form_prefs"), quiet="22:00-08:00")

    await dan.told("you need the role `operator`")
