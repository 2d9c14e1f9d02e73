"""An answer that grows while it is read, made by a real provider's SDK, and a bot that dies in the middle of it."""

import pytest

from tests.doubles.models import Call, Reply, Rule, started
from tests.flows.person import everything
from tests.handlers.driving import BOT, say

TALE = (
    "The pool of payments ran dry at noon, and every order waited for it until the gateway gave up."
)
LOOKS = Rule(Reply(calls=(Call("opstream.list_workflows"),)), says="quiet", after_results=False)
QUIET = Rule(Reply("All is **quiet** in the whole estate [1]."), says="quiet", after_results=True)
STALLS = Rule(Reply(TALE, stalled_after=3), says="tale")
TELLS = Rule(Reply(TALE), says="tale")


def answers(person, thread):
    """Return what the bot said in a thread."""
    found = [one for one in person.messages.values() if one.get("thread_ts") == thread]
    return [one for one in found if one["ts"] != thread and one.get("bot_id")]


@pytest.mark.hurried
async def test_an_answer_grows_as_a_stream_and_one_cut_by_kill_9_is_finished_where_it_stood(
    street, ana
):
    async with started([LOOKS, QUIET, STALLS]) as double:
        await street.start_bot(**double.environment("gemini"))
        await street.ready()

        asked = await say(ana, f"{BOT} is it quiet?")
        await ana.sees(
            "quiet", "Sources: [1] `opstream.list_workflows`", "answer_rated", thread=asked
        )
        (answer,) = answers(ana, asked)
        assert "edited" not in answer

        asked = await say(ana, f"{BOT} tell me the tale")
        begun = await ana.sees("The pool of payments", thread=asked)
        assert TALE not in everything(begun)
        await street.kill_bot()
        double.rules = [TELLS]
        await street.start_bot(**double.environment("gemini"))
        await street.ready()

        whole = await ana.sees(TALE, "answer_rated", thread=asked)
        assert whole["ts"] == begun["ts"]
        assert len(answers(ana, asked)) == 1
        assert {one.maker for one in double.asked} == {"gemini"}
        assert all(one.streamed for one in double.asked)
