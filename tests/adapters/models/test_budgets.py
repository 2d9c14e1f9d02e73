"""Answers of a shape, what answers took, and what they may cost."""

import asyncio

import pytest

from opstream.adapters.models.orders import Maker
from opstream.adapters.models.rules import Known
from opstream.domain.prompt import PromptRequest, Purpose
from opstream.domain.spending import Allowance, Allowances
from tests.adapters.models.conftest import KNOWN, ON_ONE_LOOP, refused
from tests.doubles.models import Call, Reply
from tests.doubles.models import Rule as Said

pytestmark = ON_ONE_LOOP
FINE = [Said(Reply("Fine.", tokens_in=1_000, tokens_out=100))]
IN_A_RUN = Purpose("prompt", "r1", "ask", "U1", 1)
SHAPE = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}


async def test_what_does_not_obey_the_shape_is_asked_for_once_more(double, house):
    double.rules = [
        Said(Reply('{"age": "old"}', tokens_in=10, tokens_out=1), times=1),
        Said(Reply('```json\n{"age": 7}\n```', tokens_in=30, tokens_out=2), says="cannot be used"),
    ]

    reply = await house.make().answer(PromptRequest("How old?", schema=SHAPE))

    assert reply.output == {"age": 7}
    assert (reply.tokens_in, reply.tokens_out) == (40, 3)
    assert "at `age`: 'old' is not of type 'integer'" in double.asked[1].text
    assert (await house.database.usage.spent()).answers == 2


async def test_what_never_obeys_fails_with_the_reason(double, house):
    double.rules = [Said(Reply("seven"))]

    error = await refused(house.make(), PromptRequest("How old?", schema=SHAPE))

    assert "was asked twice" in str(error)
    assert "it is not JSON" in str(error)
    assert error.kind == "invalid"
    assert len(double.asked) == 2


async def test_a_list_is_put_into_an_object_and_taken_out_again(double, house):
    double.rules = [Said(Reply('{"answer": ["a", "b"]}'))]
    schema = {
        "type": "array",
        "items": {"$ref": "#/$defs/word"},
        "$defs": {"word": {"type": "string"}},
    }

    reply = await house.make().answer(PromptRequest("Which?", schema=schema))

    assert reply.output == ["a", "b"]


async def test_calls_pass_through_whatever_shape_the_answer_will_have(double, house):
    double.rules = [Said(Reply(calls=[Call("t.read", {"x": 1})]))]

    reply = await house.make().answer(PromptRequest("How old?", schema=SHAPE))

    assert [one.operation for one in reply.calls] == ["t.read"]


async def test_an_answer_of_the_same_try_is_counted_once(double, house):
    double.rules = FINE
    router = house.make()
    again = PromptRequest("One", purpose=IN_A_RUN)

    for request in (again, again, PromptRequest("Two"), PromptRequest("Two")):
        await router.answer(request)

    spent = await house.database.usage.spent()
    assert (spent.answers, spent.tokens_in, spent.tokens_out) == (3, 3_000, 300)
    assert spent.cost > 0
    assert (await house.database.usage.spent(run="r1", person="U1")).answers == 1
    assert (await router.today()) == spent


async def test_a_configured_price_goes_before_the_table(double, house):
    double.rules = FINE
    own = {**KNOWN, "gemini": Known("gemini", Maker.GEMINI, "house-70b", 9_000, (0.001, 0.01))}

    reply = await house.make(models=own).answer(PromptRequest("One"))

    assert reply.cost == pytest.approx(1_000 * 0.001 + 100 * 0.01)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Allowances(call=Allowance(tokens=20)), "20 tokens for one call"),
        (Allowances(run=Allowance(tokens=1_150)), "1,150 tokens for this run"),
        (Allowances(person=Allowance(dollars=0.001)), "$0.00 for this person today"),
        (Allowances(day=Allowance(tokens=1_101)), "1,101 tokens for all people today"),
    ],
)
async def test_a_budget_that_is_used_up_stops_before_the_call(double, house, limits, said):
    double.rules = FINE
    router = house.make(limits)
    await router.answer(PromptRequest("One", purpose=IN_A_RUN))
    later = Purpose("prompt", "r1", "ask", "U1", 2)

    error = await refused(router, PromptRequest("word " * 100, purpose=later))

    assert f"The budget of {said} does not allow this" in str(error)
    assert "in config/models.yaml" in str(error)
    assert not error.retryable
    assert len(double.asked) == 1


async def test_budgets_of_a_day_begin_anew_at_midnight_and_those_of_runs_do_not(double, house):
    double.rules = FINE
    router = house.make(Allowances(run=Allowance(tokens=1_150), day=Allowance(tokens=1_150)))
    await router.answer(PromptRequest("One", purpose=IN_A_RUN))
    house.clock.pass_(hours=12)

    assert (await router.answer(PromptRequest("Two"))).output == "Fine."
    error = await refused(router, PromptRequest("word " * 100, purpose=IN_A_RUN))

    assert "for this run" in str(error)


async def test_many_at_once_cannot_pass_a_budget_together(double, house):
    gate = asyncio.Event()
    double.rules = [Said(Reply("Fine.", tokens_in=60, tokens_out=1, held=gate))]
    router = house.make(Allowances(day=Allowance(tokens=150)))
    request = PromptRequest("word " * 40)

    asking = [asyncio.create_task(router.answer(request)) for _ in range(6)]
    stopped, waiting = await asyncio.wait(asking, timeout=20, return_when=asyncio.FIRST_EXCEPTION)
    while len(stopped) < 4:
        more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        stopped |= more
    gate.set()
    answers = await asyncio.gather(*waiting)

    assert all("all people today" in str(one.exception()) for one in stopped)
    assert [one.output for one in answers] == ["Fine."] * 2
