"""Who decides, on every way: buttons, typed words, commands, emoji, and several at once."""

import json

import pytest

from tests.flows.person import everything
from tests.handlers.asking import Ahead, asks, install_that_asks, run_of
from tests.handlers.driving import OPS, count, fill_in, react


@pytest.fixture
def clock():
    return Ahead()


@pytest.fixture
def settings(tmp_path):
    return install_that_asks(tmp_path)


@pytest.fixture
async def cleo(join):
    """Cleo, an admin."""
    return await join("U0CLEO0001")


@pytest.fixture
async def dan(join):
    """Dan, a viewer."""
    return await join("U0DAN00001")


async def test_what_is_of_high_risk_is_confirmed_and_shows_exactly_what_is_done(ana, bo):
    question, run = await asks(ana, "high")

    approve = next(one for one in question["blocks"][-1]["elements"] if "confirm" in one)
    await bo.command(f"/opstream approve {run}")
    again = await bo.told("please look once more", "🔴 high risk")
    await bo.press(again, "approval_grant")

    assert approve["confirm"]["text"]["text"].endswith("estate.greet: name = World, times = 1")
    await ana.sees("*Approved* by <@U0BO000001>", "🔴 High risk")


async def test_what_is_critical_takes_the_name_of_the_operation_on_every_way(ana, bo, tools):
    question, run = await asks(ana, "wreck")

    await bo.command(f"/opstream approve {run}")
    await bo.told("a yes takes the word `estate.greet`, typed in full")
    await bo.press(question, "approval_type")
    form = await bo.opens("form_type")
    await fill_in(bo, form, typed="estate.gret")
    assert form["id"] in bo.views
    assert tools.calls == []
    await fill_in(bo, form, typed="estate.greet")

    await ana.sees("*Approved* by <@U0BO000001>", "⛔ Critical risk")


async def test_a_forged_press_does_not_get_around_the_word(ana, bo, playground, tools):
    question, run = await asks(ana, "wreck")
    forged = {**question, "blocks": json.loads(json.dumps(question["blocks"]))}
    value = forged["blocks"][-1]["elements"][0]["value"]

    await bo.do(
        "press",
        channel=OPS,
        message_ts=question["ts"],
        block_id=question["blocks"][-1].get("block_id"),
        action_id="approval_deny",
        value=value.replace('"revision":1', '"revision":9'),
    )
    await bo.command(f"/opstream approve {run} approve")

    await bo.told("not `approve`")
    assert tools.calls == []


async def test_two_people_say_yes_one_by_button_one_by_command(ana, bo, cleo, tools):
    question, run = await asks(ana, "twice")

    await bo.press(question, "approval_grant")
    await ana.sees("1 of 2 people said yes", "<@U0BO000001>")
    await bo.command(f"/opstream approve {run}")
    await bo.told("Your yes is counted already")
    await cleo.command(f"/opstream approve {run}")

    await ana.sees("✅ *Done.*")
    assert len(tools.calls) == 1


async def test_open_approvals_are_listed_and_equal_ones_are_settled_together(ana, bo, tools):
    for _ in range(2):
        await asks(ana, "plain")
    await bo.until(lambda: count(bo, "Plain now?", "approval_deny") == 2, "both ask")

    await ana.command("/opstream approvals")
    await ana.told("Nothing waits for your yes")
    await bo.command("/opstream approvals")
    listed = await bo.told("2 open approvals", "*2 equal: Plain now?*")
    await bo.press(listed, "approval_all")
    form = await bo.opens("form_approve")
    await bo.do("view_submit", view_id=form["id"], values={})

    await bo.told("You said yes to 2 approvals")
    await ana.until(lambda: count(ana, "✅ *Done.*") == 2, "both are done")


async def test_a_no_by_command_takes_a_reason(ana, bo):
    _, run = await asks(ana, "plain")

    await bo.command(f"/opstream deny {run}")
    await bo.told("say why")
    await bo.command(f"/opstream deny {run} Not on a Friday.")

    await ana.sees("*Denied* by <@U0BO000001>", "Not on a Friday.")


async def test_an_emoji_decides_where_the_rule_lets_it_and_by_the_same_rules(ana, bo, bot, tools):
    question, _ = await asks(ana, "quick")
    await bot.messenger.settled()

    await react(ana, question, "white_check_mark")
    await ana.told("you need the role `approver`")
    await react(bo, question, "eyes")
    assert tools.calls == []
    await react(bo, question, "+1")

    await ana.sees("*Approved* by <@U0BO000001>")
    await react(bo, question, "x")
    await bo.told("decided already")


async def test_an_emoji_can_say_no(ana, bo, bot):
    question, _ = await asks(ana, "quick")
    await bot.messenger.settled()

    await react(bo, question, "x")

    await ana.sees("*Denied* by <@U0BO000001>", "Denied by reaction.")


async def test_without_the_rule_an_emoji_means_nothing(ana, bo, bot, tools):
    question, run = await asks(ana, "plain")
    await bot.messenger.settled()

    await react(bo, question, "white_check_mark")
    await bo.command(f"/opstream status {run}")

    await bo.told("Waiting for a decision")
    assert tools.calls == []


async def test_what_is_too_long_for_the_question_stands_in_full_above_it(ana):
    question, _ = await asks(ana, "long")

    assert "all of it stands in the message above" in everything(question)
    full = await ana.sees("In full what a yes does", thread=question["thread_ts"])
    pieces = [one["elements"][0]["elements"][0]["text"] for one in full["blocks"][1:]]
    assert "".join(pieces) == "name = " + ("all of it " * 400) + "\ntimes = 1"
    assert full["ts"] < question["ts"]


async def test_an_old_question_cannot_be_answered_any_more(ana, bo, cleo):
    question, _ = await asks(ana, "plain")
    await bo.press(question, "approval_deny")
    form = await bo.opens("form_deny")
    await fill_in(bo, form, reason="No.")
    await ana.sees("*Denied* by <@U0BO000001>")

    await cleo.do(
        "press",
        channel=OPS,
        message_ts=question["ts"],
        block_id=question["blocks"][-1].get("block_id"),
        action_id="approval_grant",
        value=question["blocks"][-1]["elements"][0]["value"],
    )
    await cleo.command(f"/opstream approve {run_of(question)}")

    await cleo.told("There is no open approval")
