"""Whole stories at the edge: somebody types, presses and fills in; everybody sees what came of it."""

import pytest

from tests.handlers.driving import ALERTS, DM_ANA, asked_to_greet, count, fill_in, say


async def test_a_run_is_carded_asked_for_decided_and_ended_in_one_thread(ana, bo, tools):
    await ana.command("/opstream start greet name=World")

    card = await ana.sees("Greet somebody", "Asked by <@U0ANA00001>")
    request = await bo.sees("Greet World?", "approval_grant", thread=card["ts"])
    assert "An approver may decide, other than <@U0ANA00001>" in str(request["blocks"])
    await bo.press(request, "approval_grant")

    decided = await ana.sees("*Approved* by <@U0BO000001>", thread=card["ts"])
    assert decided["ts"] == request["ts"]
    assert "approval_grant" not in str(decided["blocks"])
    await ana.sees("I said hello to World.", thread=card["ts"])
    await ana.sees("✅ *Done.*", "Hello World.", thread=card["ts"])
    await ana.until(lambda: "✅ *Done*" in str(ana.messages["C0OPS00001", card["ts"]]), "card")
    assert [call.operation for call in tools.calls] == ["estate.look", "estate.greet"]


async def test_missing_inputs_open_a_form_and_its_submission_starts_the_run(ana):
    await ana.command("/opstream start greet pause=5s")

    form = await ana.opens("form_start")
    assert "5s" in str(form["blocks"])
    await fill_in(ana, form, input_name="Form")

    await ana.sees("Greet somebody", "name = Form", "pause = 5s")


@pytest.mark.parametrize("default_channel", ["#ops-alerts"])
async def test_what_others_decide_on_does_not_hide_in_a_direct_message(ana, bo, default_channel):
    await say(ana, "say hello to World", channel=DM_ANA)

    await ana.sees("*Greet somebody* is on its way in #ops-alerts")
    request = await bo.sees("Greet World?", "approval_grant")
    await bo.press(request, "approval_grant", ALERTS)
    await bo.sees("✅ *Done.*", "Hello World.")


async def test_a_wrong_duration_is_said_in_the_form_itself(ana):
    await ana.command("/opstream start greet")
    form = await ana.opens("form_start")

    await fill_in(ana, form, input_name="Form", input_pause="soon")
    await fill_in(ana, form, input_name="Form", input_pause="3s")

    await ana.sees("name = Form", "pause = 3s")
    assert count(ana, "name = Form") == 1


async def test_a_denial_asks_why_and_shows_it(ana, bo, tools):
    request = await asked_to_greet(ana, bo)

    await bo.press(request, "approval_deny")
    form = await bo.opens("form_deny")
    await fill_in(bo, form, reason="Not on a Friday.")

    await ana.sees("*Denied* by <@U0BO000001>", "Not on a Friday.", "Nothing was changed.")
    await ana.sees("✋ *Denied* by <@U0BO000001>.", "run_retry")
    assert [call.operation for call in tools.calls] == ["estate.look"]


async def test_changes_are_asked_for_with_a_comment_and_another_argument(ana, bo, tools):
    request = await asked_to_greet(ana, bo)

    await bo.press(request, "approval_changes")
    form = await bo.opens("form_changes")
    await fill_in(bo, form, comment="Twice will do.", input_times="2", input_to='["c"]')
    await ana.sees("*Sent back for changes* by <@U0BO000001>", "Twice will do.")
    again = await bo.sees("A changed proposal", "times: `3` → `2`", "revision 2", "approval_grant")
    await bo.press(again, "approval_grant")

    await ana.sees("✅ *Done.*")
    assert tools.calls[-1].arguments == {"name": "World", "times": 2, "to": ["c"]}


async def test_a_question_is_answered_by_a_form(ana):
    await ana.command("/opstream start survey")

    question = await ana.sees("How was it?", "question_answer")
    await ana.press(question, "question_answer")
    form = await ana.opens("form_answer")
    await fill_in(ana, form, input_stars="5")

    answered = await ana.sees("*Answered* by <@U0ANA00001>", "stars = 5")
    assert answered["ts"] == question["ts"]


async def test_a_failed_run_is_retried_by_its_button_and_its_old_end_loses_the_buttons(
    ana, bo, tools
):
    tools.failures = 1
    await ana.command("/opstream start greet name=World")
    end = await ana.sees("❌ *Failed.*", "The estate is closed.", "run_retry", "run_logs")

    await ana.press(end, "run_retry")

    await bo.sees("Greet World?", "approval_grant")
    closed = await ana.sees("The estate is closed.", "set going again after this")
    assert closed["ts"] == end["ts"]
    assert "run_retry" not in str(closed["blocks"])


async def test_start_again_opens_the_form_with_the_same_inputs(ana, tools):
    tools.failures = 1
    await ana.command("/opstream start greet name=World pause=7s")
    end = await ana.sees("❌ *Failed.*", "run_again")

    await ana.press(end, "run_again")
    form = await ana.opens("form_start")
    await fill_in(ana, form)

    await ana.until(lambda: count(ana, "Asked by", "pause = 7s") == 2, "a second run")
