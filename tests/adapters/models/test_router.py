"""Who is asked, who is asked next, and why."""

from datetime import timedelta

import pytest

from opstream.adapters.models.orders import Maker
from opstream.adapters.models.router import Patience
from opstream.adapters.models.rules import Known, Rule
from opstream.domain.prompt import PromptRequest, Purpose
from tests.adapters.models.conftest import CLAUDE, GEMINI, KNOWN, ON_ONE_LOOP, OPENAI, SOON, refused
from tests.doubles.models import Reply
from tests.doubles.models import Rule as Said

pytestmark = ON_ONE_LOOP
ONE = frozenset({Maker.GEMINI})
FINE = [Said(Reply("Fine.", tokens_in=1_000, tokens_out=100))]
IN_A_RUN = Purpose("prompt", "r1", "ask", "U1", 1)
SHAPE = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}


def down(maker: str, **how) -> Said:
    return Said(Reply(**{"status": 503, **how}), maker=maker)


def models(double) -> list[str]:
    return [one.model for one in double.asked]


async def test_the_first_choice_is_asked_and_needs_no_reason(double, house):
    double.rules = FINE

    reply = await house.make().answer(PromptRequest("How are you?"))

    assert (reply.output, reply.model, reply.why) == ("Fine.", GEMINI, "")
    assert (reply.tokens_in, reply.tokens_out) == (1_000, 100)


async def test_a_long_prompt_goes_to_the_model_for_long_prompts_and_says_so(double, house):
    double.rules = FINE

    reply = await house.make().answer(PromptRequest("word " * 501))

    assert reply.model == CLAUDE
    assert reply.why == (f"`{CLAUDE}` answered, because the prompt has 501 words, more than 500.")


async def test_who_fails_is_passed_over_and_rests_until_their_time_has_come(double, house):
    double.rules = [down("gemini", status=429, retry_after=20), *FINE]
    router = house.make()

    first = await router.answer(PromptRequest("One"))
    second = await router.answer(PromptRequest("Two"))
    house.clock.pass_(seconds=21)
    double.rules = FINE
    third = await router.answer(PromptRequest("Three"))

    assert first.model == second.model == CLAUDE
    assert first.why == (
        f"`{CLAUDE}` answered, because `{GEMINI}` gets too many requests and asks to wait 20 s."
    )
    assert third.model == GEMINI
    assert models(double) == [GEMINI, CLAUDE, CLAUDE, GEMINI]


async def test_two_that_fail_leave_the_third(double, house):
    double.rules = [
        down("gemini", status=500),
        down("claude", held=None, cut_after=0, status=200),
        *FINE,
    ]

    reply = await house.make().answer(PromptRequest("One"))

    assert reply.model == OPENAI
    assert f"`{GEMINI}` has an internal error" in reply.why
    assert f"`{CLAUDE}` broke the connection" in reply.why


async def test_a_slow_model_is_left_for_the_next_and_what_was_heard_begins_anew(house_apart):
    double, house = house_apart
    double.rules = [
        Said(Reply("Half an answer that stops", stalled_after=2), maker="gemini"),
        *FINE,
    ]
    heard: list[str] = []

    router = house.make(patience=Patience(SOON, SOON))
    reply = await router.answer(PromptRequest("One"), heard.append)

    assert (reply.output, reply.model) == ("Fine.", CLAUDE)
    assert heard[0].startswith("Half")
    assert heard[-1] == "Fine."


async def test_a_request_that_is_at_fault_is_asked_of_nobody_else(double, house):
    double.rules = [down("gemini", text="No such field.", status=400), *FINE]

    error = await refused(house.make(), PromptRequest("One"))

    assert "No such field." in str(error)
    assert not error.retryable
    assert models(double) == [GEMINI]


async def test_when_all_fail_each_is_named_and_a_retry_makes_sense(double, house):
    double.rules = [down("")]
    router = house.make()

    error = await refused(router, PromptRequest("One"))

    assert str(error).startswith("No model could answer: ")
    assert all(f"`{one}`" in str(error) for one in (GEMINI, CLAUDE, OPENAI))
    assert error.retryable
    assert error.kind == "unavailable"


async def test_where_there_is_no_other_one_that_rests_is_asked_all_the_same(double, house):
    double.rules = [down("", status=500)]
    router = house.make(makers=ONE)
    await refused(router, PromptRequest("One"))
    double.rules = FINE

    assert (await router.answer(PromptRequest("Two"))).model == GEMINI


async def test_where_all_asked_to_wait_nobody_is_asked_before_that(double, house):
    double.rules = [down("", status=429, retry_after=60)]
    router = house.make(makers=ONE)
    await refused(router, PromptRequest("One"))
    house.clock.pass_(seconds=20)

    error = await refused(router, PromptRequest("Two"))

    assert error.retry_after == timedelta(seconds=40)
    assert len(double.asked) == 1


async def test_a_wrong_key_of_one_provider_does_not_stop_the_others(double, house):
    double.rules = [down("gemini", status=401), *FINE]

    reply = await house.make().answer(PromptRequest("One"))

    assert reply.model == CLAUDE
    assert "Gemini refuses the key" in reply.why


@pytest.mark.parametrize(
    ("named", "asked"),
    [("openai", OPENAI), (CLAUDE, CLAUDE), ("anthropic", CLAUDE), ("gpt-7-nova", "gpt-7-nova")],
)
async def test_a_request_may_name_a_model(double, house, named, asked):
    double.rules = FINE

    reply = await house.make().answer(PromptRequest("One", model=named))

    assert (reply.model, reply.why) == (asked, "")


async def test_a_model_that_nobody_knows_or_pays_for_is_told(double, house):
    unknown = await refused(house.make(), PromptRequest("One", model="gemnii"))
    unpaid = await refused(house.make(makers=ONE), PromptRequest("One", model="claude"))

    assert str(unknown) == "There is no model `gemnii`. Did you mean `gemini`?"
    assert "ANTHROPIC_API_KEY is not set" in str(unpaid)


async def test_a_prompt_that_the_first_choice_cannot_hold_goes_to_one_that_can(double, house):
    double.rules = FINE
    tiny = {**KNOWN, "gemini": Known("gemini", Maker.GEMINI, GEMINI, context=100)}
    router = house.make(models=tiny, rules=())

    reply = await router.answer(PromptRequest("word " * 200))

    assert reply.model == CLAUDE
    assert "holds 100 tokens" in reply.why


async def test_a_task_and_a_price_have_rules_of_their_own(double, house):
    double.rules = FINE
    book = (Rule(("small",), frozenset({"summary"})), Rule(("openai",), costs_over=0.001))
    router = house.make(rules=book)

    of_task = await router.answer(PromptRequest("One", purpose=Purpose("summary")))
    of_cost = await router.answer(PromptRequest("word " * 3_000))

    assert of_task.model == "gemini-3.5-flash-lite"
    assert "the task is `summary`" in of_task.why
    assert of_cost.model == OPENAI
    assert "more than $0.001" in of_cost.why


async def test_how_the_models_stand_is_known(double, house):
    double.rules = [down("gemini", status=429, retry_after=60), *FINE]
    router = house.make()
    await router.answer(PromptRequest("One"))

    standing = {one.name: one for one in router.standings()}

    assert standing["gemini"].condition.trouble.startswith("gets too many requests")
    assert standing["gemini"].condition.rests_until == house.clock.now() + timedelta(seconds=60)
    assert standing["claude"].condition.answers == 1
    assert standing["openai"].condition.answers == 0
    assert router.available


async def test_without_any_key_what_takes_a_model_says_what_to_set(house):
    router = house.make(makers=frozenset())

    error = await refused(router, PromptRequest("Write a poem."))

    assert not router.available
    assert "Set GEMINI_API_KEY, ANTHROPIC_API_KEY or OPENAI_API_KEY" in str(error)
    assert (error.kind, error.retryable) == ("unavailable", False)
