"""What the three providers' own SDKs make of a double that speaks their languages."""

import asyncio
from datetime import timedelta

import pytest

from opstream.adapters.models.orders import Answer, Maker, Order, Trouble
from opstream.domain.prompt import ModelTool, PromptRequest, ToolCall, ToolResult, Turn, Voice
from tests.adapters.models.conftest import IDS, ON_ONE_LOOP, SOON, Provider, account, reached
from tests.doubles.models import Call, Reply, Rule

pytestmark = [ON_ONE_LOOP, pytest.mark.parametrize("maker", list(Maker))]
QUERY = ModelTool(
    "notion.query",
    "Look something up.",
    {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]},
)
ASKED = PromptRequest("How are you?", "Be brief.", tools=(QUERY,))
SAID = "Fine, thank you, and how are you today, my dear friend?"
NEVER = asyncio.Event()
SHAPE = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}


@pytest.fixture
def ask(double, shared, maker):
    return asking(shared.providers[maker], maker)


def asking(provider, maker):
    async def ask_(request=ASKED, saying=None, **more):
        return await provider.ask(Order(IDS[maker], request, **more), saying)

    return ask_


async def test_a_text_is_answered_with_what_it_took_and_cost(double, ask, maker):
    double.rules = [Rule(Reply(SAID, tokens_in=1000, tokens_out=100))]

    answer = await ask()

    assert isinstance(answer, Answer)
    assert (answer.text, answer.calls) == (SAID, ())
    assert (answer.tokens_in, answer.tokens_out) == (1000, 100)
    assert answer.cost is not None
    assert 0.0001 < answer.cost < 0.1
    [asked] = double.asked
    assert (asked.maker, asked.model) == (maker, IDS[maker])
    assert (asked.system, asked.text) == ("Be brief.", "How are you?")
    assert asked.offers("notion.query")


async def test_an_answer_is_heard_as_it_comes(double, ask):
    double.rules = [Rule(Reply(SAID))]
    heard: list[str] = []

    answer = await ask(saying=heard.append)

    assert answer.text == SAID
    assert heard[-1] == SAID
    assert len(heard) > 2
    assert all(SAID.startswith(one) for one in heard)
    assert double.asked[0].streamed


@pytest.mark.parametrize("streamed", [False, True])
async def test_calls_come_with_our_names_and_their_arguments(double, ask, streamed):
    calls = [Call("notion.query", {"who": "Ana"}), Call("notion.query", {"who": "Bo"})]
    double.rules = [Rule(Reply("Let me look.", calls=calls))]

    answer = await ask(saying=(lambda _: None) if streamed else None)

    assert answer.text == "Let me look."
    assert [(one.operation, one.arguments) for one in answer.calls] == [
        ("notion.query", {"who": "Ana"}),
        ("notion.query", {"who": "Bo"}),
    ]
    assert len({one.id for one in answer.calls}) == 2


async def test_a_conversation_arrives_in_order_with_results_and_failures(double, ask):
    calls = (ToolCall("c1", "notion.query", {"who": "Ana"}), ToolCall("c2", "odd name!", {}))
    results = (
        ToolResult("c1", "notion.query", {"items": ["SOP"]}),
        ToolResult("c2", "odd name!", "There is no such tool.", failed=True),
    )
    turns = (
        Turn(Voice.ASSISTANT, "Let me look.", calls),
        Turn(Voice.USER, results=results),
        Turn(Voice.USER, "Quick, please."),
    )
    double.rules = [Rule(Reply("One."))]

    await ask(PromptRequest("What does Ana owe?", "Be brief.", turns=turns, tools=(QUERY,)))

    [asked] = double.asked
    assert [voice for voice, _ in asked.said] == [
        "user",
        "assistant",
        "call",
        "call",
        "result",
        "result",
        "user",
    ]
    assert '"SOP"' in asked.results[0]
    assert "There is no such tool." in asked.results[1]
    assert asked.text == "Quick, please."
    assert asked.system == "Be brief."


async def test_a_shape_is_asked_for_natively(double, ask):
    double.rules = [Rule(Reply('{"age": 7}'))]

    answer = await ask(PromptRequest("How old?", most_tokens=50), schema=SHAPE)

    assert answer.text == '{"age": 7}'
    [asked] = double.asked
    assert asked.schema["properties"]["age"] == {"type": "integer"}
    assert asked.most_tokens == 50


async def test_a_shape_that_a_provider_cannot_take_is_told_to_the_model(double, ask):
    node = {"type": "object", "properties": {"kids": {"items": {"$ref": "#/$defs/node"}}}}
    tree = {
        "type": "object",
        "properties": {"root": {"$ref": "#/$defs/node"}},
        "$defs": {"node": node},
    }
    double.rules = [
        lambda asked: Reply("No such schema.", status=400) if asked.schema else None,
        Rule(Reply('{"root": {}}')),
    ]

    answer = await ask(PromptRequest("Which?"), schema=tree)

    assert answer.text == '{"root": {}}'
    assert double.asked[-1].schema is None
    assert "kids" in double.asked[-1].system


async def test_too_many_requests_say_how_long_to_wait(double, ask):
    double.rules = [Rule(Reply(status=429, retry_after=20))]

    trouble = await ask()

    assert isinstance(trouble, Trouble)
    assert trouble.elsewhere
    assert trouble.certain
    assert trouble.rest == timedelta(seconds=20) == trouble.error.retry_after
    assert "asks to wait 20 s" in str(trouble.error)
    assert len(double.asked) == 1  # no SDK tries again by itself


@pytest.mark.parametrize("status", [500, 503])
async def test_a_provider_that_is_down_may_be_asked_again_later(double, ask, status):
    double.rules = [Rule(Reply(status=status))]

    trouble = await ask()

    assert (trouble.elsewhere, trouble.error.retryable, trouble.certain) == (True, True, False)
    assert trouble.error.kind == "unavailable"
    assert len(double.asked) == 1


async def test_a_wrong_key_says_which_variable_to_check(double, maker):
    provider = Provider(account(double, maker, "a-wrong-key"))

    trouble = await provider.ask(Order(IDS[maker], ASKED))
    await provider.close()

    assert trouble.elsewhere
    assert not trouble.error.retryable
    assert "_API_KEY." in str(trouble.error)
    assert "a-wrong-key" not in str(trouble.error)


async def test_a_model_that_does_not_exist_says_where_it_is_named(double, ask):
    double.rules = [Rule(Reply(status=404))]

    trouble = await ask()

    assert trouble.elsewhere
    assert "config/models.yaml" in str(trouble.error)


async def test_a_bad_request_is_told_without_the_key_and_asked_nowhere_else(double, ask, maker):
    double.rules = [Rule(Reply(f"The field x is wrong for key-of-{maker}", status=400))]

    trouble = await ask()

    assert not trouble.elsewhere
    assert not trouble.error.retryable
    assert "The field x is wrong for •••." in str(trouble.error)


@pytest.mark.parametrize("softly", [False, True])
async def test_a_stream_that_is_cut_in_the_middle_is_no_answer(double, ask, softly):
    text = " ".join(["word"] * 60)
    double.rules = [Rule(Reply(text, cut_after=4, cut_softly=softly))]
    heard: list[str] = []

    trouble = await ask(saying=heard.append)

    assert isinstance(trouble, Trouble)
    assert trouble.elsewhere
    assert trouble.error.retryable
    assert text not in heard


async def test_an_answer_whose_connection_breaks_is_no_answer(double, ask):
    double.rules = [Rule(Reply(SAID, cut_after=0))]

    trouble = await ask()

    assert (trouble.elsewhere, trouble.error.kind) == (True, "unavailable")


@pytest.mark.parametrize(
    ("reply", "streamed", "limits"),
    [
        (Reply(SAID, held=NEVER), False, {"timeout": SOON, "first_word": SOON}),
        (Reply(SAID, held=NEVER), True, {"timeout": timedelta(hours=1), "first_word": SOON}),
        (Reply(SAID, stalled_after=2), True, {"timeout": SOON}),
    ],
    ids=["slow", "slow-to-begin", "silent"],
)
async def test_an_answer_that_does_not_come_or_falls_silent_is_given_up(
    maker, reply, streamed, limits
):
    async with reached(maker) as apart:
        apart.double.rules = [Rule(reply)]
        ask = asking(apart.providers[maker], maker)

        trouble = await ask(saying=(lambda _: None) if streamed else None, **limits)

    assert (trouble.elsewhere, trouble.error.kind) == (True, "timeout")


async def test_an_answer_that_makes_no_sense_is_no_answer(double, ask):
    double.rules = [Rule(Reply(raw="<html>busy</html>"))]

    trouble = await ask()

    assert isinstance(trouble, Trouble)
    assert trouble.elsewhere


async def test_what_the_rules_of_a_provider_forbid_is_told_and_paid_for(double, ask):
    double.rules = [Rule(Reply("I cannot", finish="filter", tokens_in=9))]

    trouble = await ask()

    assert not trouble.elsewhere
    assert "forbid" in str(trouble.error)
    assert trouble.paid is not None
    assert trouble.paid.tokens_in == 9


async def test_a_text_that_came_to_its_limit_is_given_and_a_half_shape_is_not(double, ask):
    double.rules = [Rule(Reply("Half of it", finish="length"))]

    text = await ask()
    shape = await ask(PromptRequest("How old?"), schema=SHAPE)

    assert text.text == "Half of it"
    assert not shape.elsewhere
    assert "limit of its length" in str(shape.error)


async def test_nobody_there_is_told_as_such(maker):
    async with reached(maker) as apart:
        await apart.double.stop()

        trouble = await asking(apart.providers[maker], maker)()

    assert (trouble.elsewhere, trouble.error.kind) == (True, "unavailable")
