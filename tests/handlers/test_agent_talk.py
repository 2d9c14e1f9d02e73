"""Questions in plain words, from Slack's event to the answer in the thread."""

import pytest

from opstream.domain.conversation import Place
from opstream.domain.person import Person, Role
from tests.agent.scripted import ScriptedModel, calls, says
from tests.flows.person import everything
from tests.handlers.driving import BOT, count, say

LOOKS = calls(("estate.look", {"name": "checkout"}))


@pytest.fixture
def model() -> ScriptedModel:
    """A model that looks, and then answers."""
    return ScriptedModel(LOOKS, says("All is **quiet** at checkout [1]."))


async def test_a_mention_is_answered_in_its_thread_with_its_sources(ana, model, tools):
    asked = await say(ana, f"{BOT} is anything wrong with checkout?")

    answer = await ana.sees("quiet", "Sources: [1] `estate.look`", "answer_rated", thread=asked)
    assert answer["blocks"][0]["type"] == "markdown"
    assert [one.operation for one in tools.calls] == ["estate.look"]
    assert count(ana, "Asked by") == count(ana, "Done") == 0


async def test_ask_posts_the_question_and_answers_below_it(ana):
    await ana.command("/opstream ask is anything wrong with checkout?")

    root = await ana.sees("asks: is anything wrong with checkout?")
    await ana.sees("quiet", "Sources:", thread=root["ts"])


async def test_a_second_question_in_the_thread_knows_the_first_and_its_answer(ana, model):
    model.replies.append(says("Then nothing is to be done."))
    asked = await say(ana, f"{BOT} is anything wrong with checkout?")
    await ana.sees("quiet", "Sources:", thread=asked)

    await say(ana, f"{BOT} and what would you do about that?", thread=asked)

    await ana.sees("nothing is to be done", "answer_rated", thread=asked)
    told = model.asked[-1].text
    assert "Ana Silva asked: is anything wrong with checkout?" in told
    assert "You answered: All is **quiet** at checkout [1]." in told


async def test_in_the_thread_of_a_run_the_run_is_told_of(ana, bo, model):
    await ana.command("/opstream start greet name=World")
    card = await ana.sees("Asked by <@U0ANA00001>")
    await bo.sees("Greet World?", "approval_grant")
    model.replies = [says("It waits for a yes.")]

    await say(ana, f"{BOT} what keeps this from getting anywhere today?", thread=card["ts"])

    await ana.sees("It waits for a yes", "answer_rated", thread=card["ts"])
    told = model.asked[-1].text
    assert '"workflow":"greet"' in told
    assert "waits for a decision" in told


async def test_fix_it_starts_a_workflow_after_the_yes_of_who_asked(ana, model, tools):
    starts = ("opstream.start_workflow", {"workflow": "greet", "inputs": {"name": "Sol"}})
    model.replies = [calls(starts, text="I would greet Sol."), says("The greeting has begun [1].")]

    asked = await say(ana, f"{BOT} fix it automatically, would you kindly")
    question = await ana.sees("Start a workflow: go ahead?", "greet", "Sol", thread=asked)
    assert count(ana, "Asked by") == 0
    await ana.press(question, "approval_grant")

    await ana.sees("The greeting has begun", "answer_rated", thread=asked)
    await ana.sees("Greet somebody", "Asked by <@U0ANA00001>", thread=asked)


async def test_a_viewer_asks_but_is_not_offered_what_changes_anything(join, model):
    dan = await join("U0DAN00001")
    model.replies = [calls(("estate.greet", {"name": "Dan"})), says("I may not do that.")]

    asked = await say(dan, f"{BOT} what would it take to greet people?")

    await dan.sees("I may not do that", "answer_rated", thread=asked)
    offered = {tool.name for tool in model.asked[0].tools}
    assert "estate.look" in offered
    assert not {"estate.greet", "opstream.start_workflow"} & offered
    result = model.asked[1].turns[-1].results[0]
    assert result.failed
    assert "no tool `estate.greet`" in str(result.output)


async def test_who_asked_stops_the_answer_with_a_word(join, model, tools):
    dan = await join("U0DAN00001")
    tools.gate.clear()
    asked = await say(dan, f"{BOT} tell me all about the pools please")
    await dan.until(lambda: tools.calls, "the tool is asked")

    await say(dan, f"{BOT} stop", thread=asked)

    await dan.sees("Stopped", "by <@U0DAN00001>", thread=asked)


async def test_a_delivery_that_comes_twice_asks_once(ana, bot, model):
    asked = await say(ana, f"{BOT} is anything wrong with checkout?")
    await ana.sees("quiet", "Sources:", thread=asked)
    person = Person("U0ANA00001", "Ana Silva", frozenset({Role.OPERATOR}))

    again = await bot.install.services.agent.answer(
        "is anything wrong with checkout?",
        place=Place("C0OPS00001", asked),
        by=person,
        request_key=f"said:C0OPS00001:{asked}",
    )

    assert again.status.ended
    assert len(model.asked) == 2


async def test_lists_and_status_leave_questions_out(ana, model):
    asked = await say(ana, f"{BOT} is anything wrong with checkout?")
    await ana.sees("quiet", "Sources:", thread=asked)

    await ana.command("/opstream history")
    await ana.command("/opstream workflows")

    await ana.told("No run has ended yet")
    assert not any("Question" in everything(one) for one in ana.private)


async def test_who_asked_goes_on_in_the_thread_without_a_mention_and_others_do_not(ana, bo, model):
    model.replies += [says("Nothing else is wrong.")]
    asked = await say(ana, f"{BOT} is anything wrong with checkout?")
    await ana.sees("quiet", "Sources:", thread=asked)

    await say(bo, "I had looked at that yesterday", thread=asked)
    await say(ana, "and what about the payments?", thread=asked)

    await ana.sees("Nothing else is wrong", "answer_rated", thread=asked)
    assert len(model.asked) == 3


async def test_a_thread_that_began_among_people_is_theirs_again_after_an_answer(ana, bo, model):
    model.replies += [says("Once more.")]
    root = await say(bo, "Something seems to be slow.")
    await say(ana, f"{BOT} is anything wrong with checkout?", thread=root)
    await ana.sees("quiet", "Sources:", thread=root)

    await say(ana, "so it is the network after all", thread=root)
    await say(ana, f"{BOT} what else could it be?", thread=root)

    await ana.sees("Once more", "answer_rated", thread=root)
    assert len(model.asked) == 3


async def test_signs_of_an_answer_are_escaped_once_in_what_notifications_say(ana, model):
    model.replies = [says("It holds that 5 < 7 & 8 > 7.")]

    asked = await say(ana, f"{BOT} which of these numbers is less, I wonder")

    answer = await ana.sees("It holds that", "answer_rated", thread=asked)
    assert "5 &lt; 7 &amp; 8 &gt; 7" in answer["text"]


async def test_a_yes_in_words_where_two_answers_ask_decides_neither(ana, bo, model, tools):
    model.replies = [calls(("estate.greet", {"name": "Eve"}))]
    asked = await say(ana, f"{BOT} greet Eve for me, would you kindly")
    await ana.sees("estate.greet", "Eve", "approval_grant", thread=asked)
    model.replies.append(calls(("estate.greet", {"name": "Sol"})))
    await say(ana, f"{BOT} and greet Sol for me as well, would you", thread=asked)
    await ana.sees("estate.greet", "Sol", "approval_grant", thread=asked)

    await say(bo, f"{BOT} yes, go ahead", thread=asked)

    await bo.told("2 questions are open in this thread")
    assert tools.calls == []
