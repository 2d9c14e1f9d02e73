"""Who is asked besides: after a time, while somebody is away, and after a run was handed over."""

from datetime import timedelta

import pytest

from tests.handlers.asking import Ahead, asks, install_that_asks


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


async def test_when_nobody_answers_others_are_asked_told_and_may_decide(
    ana, dan, bot, clock, tools
):
    question, run = await asks(ana, "late")
    await dan.press(question, "approval_grant")
    await dan.told("you need the role `approver`")

    clock.by = timedelta(minutes=31)
    await bot.install.look_around()

    await ana.sees("Nobody answered", "<@U0DAN00001>", "approval_grant")
    await dan.sees("Nobody has answered yet", f"`{run}`")
    await ana.sees("<!subteam^S0ONCALL01>", "Nobody has answered", thread=question["thread_ts"])
    question = await dan.sees("Nobody answered", "approval_grant")
    await dan.press(question, "approval_grant")
    await ana.sees("*Approved* by <@U0DAN00001>")


async def test_who_may_decide_is_told_once_and_who_asks_is_not(ana, bo, cleo, bot):
    _, run = await asks(ana, "plain")

    await bo.sees("“Plain” waits for a decision: Plain now?", f"`{run}`")
    await cleo.sees("“Plain” waits for a decision: Plain now?")
    view = await bot.install.services.runs.view(run)
    for _ in range(3):
        bot.install._telling.show(view)
    await bot.install._telling.settled()
    told = await bot.install.services.notifications.told(run)

    asked = [one.target.owner for one in told if "waits for a decision" in one.notice.text]
    assert sorted(asked) == ["U0BO000001", "U0CLEO0001"]


async def test_a_stand_in_decides_while_somebody_is_away_and_both_are_named(ana, bo, dan):
    await bo.command("/opstream away until 3d <@U0DAN00001>")
    await bo.told("You are away until", "<@U0DAN00001> may decide")
    question, _ = await asks(ana, "plain")
    await ana.sees("<@U0DAN00001> for <@U0BO000001>", "approval_grant")
    await dan.sees("“Plain” waits for a decision")

    await dan.press(question, "approval_grant")

    await ana.sees("*Approved* by <@U0DAN00001> for <@U0BO000001>")
    await bo.sees("said yes for", "who is away: Plain now?")
    await bo.command("/opstream back")
    await bo.told("Welcome back")
    again, _ = await asks(ana, "twice")
    await dan.press(again, "approval_grant")
    await dan.told("you need the role `approver`")


async def test_a_run_is_taken_over_and_its_taker_does_not_decide_on_it(ana, bo, cleo):
    question, run = await asks(ana, "plain")
    card = await ana.sees("Asked by <@U0ANA00001>", "run_take")

    await bo.press(card, "run_take")

    await ana.sees("🤝 <@U0BO000001> answers for it now", "run_cancel")
    await ana.sees("answers for “Plain” now")
    question = await bo.sees("Plain now?", "answers for it now", "approval_grant")
    await bo.press(question, "approval_grant")
    await bo.told("This run was handed over to you")
    await bo.command("/opstream status")
    await bo.told(f"`{run}`")
    await cleo.command(f"/opstream assign {run} <@U0CLEO0001>")
    await bo.sees("Cleo", "answers for “Plain” now")


async def test_a_viewer_takes_nothing_over(ana, dan):
    _, run = await asks(ana, "plain")

    await dan.command(f"/opstream take {run}")

    await dan.told("you need the role `operator`")
