"""Questions in plain words, from Slack's event to the answer in the thread."""

import pytest

from tests.agent.scripted import ScriptedModel, calls, says
from tests.handlers.driving import BOT, OPS, count, say

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
