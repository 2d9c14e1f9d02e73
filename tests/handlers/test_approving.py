"""Who decides, on every way: buttons, typed words, commands, emoji; several people, stand-ins, and hand-overs."""

import json
import re
from datetime import timedelta

import pytest

from config.settings import Settings
from opstream.adapters.clock import SystemClock
from tests.flows.person import everything
from tests.handlers.conftest import ROLES
from tests.handlers.driving import OPS, count, fill_in, react

ONE = """
id: {id}
title: {title}
steps:
  - id: ask
    title: Ask
    approval: {{title: "{title} now?", covers: greet, {rule}}}
  - {{id: greet, title: Greet, call: estate.greet, with: {{name: "{name}", times: 1}}}}
"""
RULES = {
    "plain": "risk: low",
    "twice": "people: 2",
    "high": "risk: high",
    "wreck": "risk: critical",
    "quick": "reactions: true",
    "late": "escalate_after: 30m, escalate_to: [U0DAN00001, '@oncall']",
}


class Ahead:
    """The machine's clock, so far ahead as a test says."""

    def __init__(self):
        self._clock, self.by = SystemClock(), timedelta()

    def now(self):
        return self._clock.now() + self.by


@pytest.fixture
def clock():
    return Ahead()


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "workflows"
    folder.mkdir()
    for id, rule in RULES.items():
        text = ONE.format(id=id, title=id.capitalize(), rule=rule, name="World")
        (folder / f"{id}.yaml").write_text(text)
    long = ONE.format(id="long", title="Long", rule="risk: low", name="all of it " * 400)
    (folder / "long.yaml").write_text(long)
    tree = {"data_dir": str(tmp_path / "data"), "workflow_dirs": [str(folder)], "roles": ROLES}
    return Settings.model_validate(tree, context={"folder": tmp_path})


@pytest.fixture
async def cleo(join):
    """Cleo, an admin."""
    return await join("U0CLEO0001")


@pytest.fixture
async def dan(join):
    """Dan, a viewer."""
    return await join("U0DAN00001")


async def asks(person, workflow):
    """Start a workflow and return its question and the id of the run."""
    await person.command(f"/opstream start {workflow}")
    question = await person.sees(f"{workflow.capitalize()} now?", "approval_deny")
    return question, run_of(question)


def run_of(message):
    return re.search(r"Run `(r\w+)`", everything(message))[1]


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
