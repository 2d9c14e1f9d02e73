"""What is refused, and in which words: every refusal reaches the person alone."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.handlers.driving import OPS, RANDOM, asked_to_greet, count, fill_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/opstream starrt greet name=x", "There is no command `starrt`. Did you mean `start`"),
        ("/opstream start gret name=x", "There is no workflow `gret`. Did you mean `greet`?"),
        ("/opstream status run-nope", "There is no run `run-nope`."),
        ("/opstream start greet name=x loud", "I cannot tell what `loud` means."),
        ("/opstream start greet name=x pause=soon", "`pause` cannot be `soon`"),
        ("/opstream start greet name=x wrong=1", "There is no input `wrong`."),
        ("/opstream start", "Say what to start"),
        ("/opstream pause", "You have no active run"),
        ("/opstream insights", "is not built yet"),
        ("/opstream help nothing", "There is no command `nothing`."),
        ("/profile", "There is no command `profile`."),
        ("/opstream start <!channel>", "&lt;!channel&gt;"),
        ("/opstream tools moon", "There is no tool `moon`."),
        ("/opstream history nowhere", "There is no workflow `nowhere`."),
    ],
)
async def test_a_refusal_is_a_full_sentence_to_the_person_alone(ana, bo, text, words):
    await ana.command(text)

    await ana.told(words)
    assert bo.private == []


async def test_the_asker_may_not_approve_their_own_request(join, tools):
    cleo = await join("U0CLEO0001")
    await cleo.command("/opstream start greet name=World")
    request = await cleo.sees("Greet World?", "approval_grant")

    await cleo.press(request, "approval_grant")

    told = await cleo.told("You started this run, so somebody else has to decide")
    assert told["thread_ts"] == request["thread_ts"]
    assert [call.operation for call in tools.calls] == ["estate.look"]


async def test_an_operator_is_told_which_role_it_takes(ana, bo):
    request = await asked_to_greet(ana, bo)

    await ana.press(request, "approval_grant")

    await ana.told("you need the role `approver`")


async def test_an_approval_pressed_twice_is_settled_once(ana, bo, join, tools):
    cleo = await join("U0CLEO0001")
    request = await asked_to_greet(ana, bo)
    await cleo.sees("Greet World?", "approval_grant")
    tools.gate.clear()

    await bo.press(request, "approval_grant")
    await ana.sees("*Approved* by <@U0BO000001>")
    tools.gate.set()

    await ana.sees("✅ *Done.*")
    assert len(tools.calls) == 2
    assert count(ana, "*Approved* by") == 1


async def test_two_people_press_at_once_and_the_later_one_learns_who_won(ana, bo, join, playground):
    cleo = await join("U0CLEO0001")
    request = await asked_to_greet(ana, bo)
    await cleo.sees("Greet World?", "approval_grant")
    playground.faults.pause_api()  # the buttons stay for a while

    await bo.press(request, "approval_grant")
    await cleo.press(request, "approval_grant")
    playground.faults.resume_api()

    won = await ana.sees("*Approved* by")
    loser = bo if "U0CLEO0001" in str(won["blocks"]) else cleo
    await loser.told("This was approved by")


async def test_a_viewer_may_not_start_anything(join):
    dan = await join("U0DAN00001")

    await dan.command("/opstream start greet name=x")

    await dan.told("start a workflow")


async def test_a_delivery_that_comes_twice_starts_one_run(ana, bo, playground):
    await ana.until(lambda: ana.connected, "the bot is connected")
    playground.faults.duplicate_next(1)

    await asked_to_greet(ana, bo)
    await ana.command("/opstream list")

    await ana.told("*Active runs* · 1 run")


async def test_a_channel_that_cannot_be_written_to_moves_the_run_to_a_direct_message(ana):
    await ana.until(lambda: ana.connected, "the bot is connected")
    await ana.command("/opstream start greet name=World", channel=RANDOM)

    card = await ana.sees("Greet somebody", "I could not write in <#C0RANDOM01>")
    await ana.sees("Greet World?", "approval_grant", thread=card["ts"])
    assert ("D0ANA00001", card["ts"]) in ana.messages
    assert not any(channel == RANDOM for channel, _ in ana.messages)


async def test_an_unknown_button_says_that_it_is_no_longer_active(ana, playground):
    client = AsyncWebClient(token="xoxb-playground", base_url=playground.api_url)
    old = {"type": "button", "action_id": "old", "text": {"type": "plain_text", "text": "Old"}}
    await client.chat_postMessage(
        channel=OPS, text="Old times", blocks=[{"type": "actions", "elements": [old]}]
    )

    await ana.press(await ana.sees("Old times"), "old")

    await ana.told("This button is no longer active.")


async def test_changing_a_list_into_words_is_refused(ana, bo):
    request = await asked_to_greet(ana, bo)
    await bo.press(request, "approval_changes")
    form = await bo.opens("form_changes")

    await fill_in(bo, form, comment="Others.", input_to="everybody")

    await bo.told("`to` must stay JSON of the same kind")


async def test_a_decision_form_opened_too_late_says_so(ana, bo, playground):
    request = await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")
    await ana.press(card, "run_cancel")
    await ana.sees("No longer needed")

    late = {**request, "blocks": request["blocks"]}
    reply = await bo.do(
        "press",
        channel=OPS,
        message_ts=late["ts"],
        block_id=late["blocks"][-1]["block_id"],
        action_id="approval_deny",
    )

    assert reply["ok"] is False  # the buttons are gone from the message itself
