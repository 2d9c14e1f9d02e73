"""Tried: equal and unequal questions, many at once, writes, cancelling."""

import asyncio
from datetime import timedelta

import pytest

from opstream.adapters.connectors.results import Keeping, OperationsKept
from opstream.errors import OperationFailed
from tests.adapters.connectors.shop import MINUTE, NOW


async def test_the_same_question_is_asked_once_within_its_time(shop):
    operations = shop.operations()

    first = await shop.call(operations, where="here")
    shop.clock.time += 9 * MINUTE
    again = await shop.call(operations, where="here")

    assert first == again == shop.output
    assert len(shop.calls) == 1
    assert [one.message for one in shop.progress] == ["kept from 9 m ago"]
    assert await shop.database.results.saved(NOW) == {"shop.look": 1}


async def test_after_its_time_it_is_asked_anew(shop):
    operations = shop.operations()

    await shop.call(operations, where="here")
    shop.clock.time += 10 * MINUTE
    await shop.call(operations, where="here")

    assert len(shop.calls) == 2


async def test_another_process_has_the_answer_too(shop):
    await shop.call(shop.operations(), where="here")

    await shop.call(shop.operations(), where="here")

    assert len(shop.calls) == 1


async def test_the_order_of_arguments_does_not_matter_and_their_values_do(shop):
    operations = shop.operations()

    await shop.call(operations, where="here", token="x")
    await shop.call(operations, token="x", where="here")
    await shop.call(operations, token="x", where="there")

    assert len(shop.calls) == 2


async def test_a_step_may_say_how_old_an_answer_may_be_and_want_a_new_one(shop):
    operations = shop.operations(keep=0)

    await shop.call(operations, keep=5 * MINUTE)
    shop.clock.time += 2 * MINUTE
    await shop.call(operations, keep=5 * MINUTE)
    assert len(shop.calls) == 1
    await shop.call(operations, keep=MINUTE)
    assert len(shop.calls) == 2
    await shop.call(operations, keep=timedelta())
    assert len(shop.calls) == 3
    await shop.call(operations)
    assert len(shop.calls) == 4


async def test_without_a_time_nothing_is_kept(shop):
    operations = shop.operations(keep=0)

    await shop.call(operations)
    await shop.call(operations)

    assert len(shop.calls) == 2


async def test_ten_equal_questions_at_once_make_one_call(shop):
    operations = shop.operations()
    shop.gate.clear()

    asked = await shop.waiting(operations, 10)
    shop.gate.set()
    answers = await asyncio.gather(*asked)

    assert answers == [shop.output] * 10
    assert len(shop.calls) == 1
    assert await shop.database.results.saved(NOW) == {"shop.look": 9}


async def test_who_stops_waiting_does_not_stop_the_others(shop):
    operations = shop.operations()
    shop.gate.clear()
    first, second = await shop.waiting(operations, 2)

    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    shop.gate.set()

    assert await second == shop.output
    assert len(shop.calls) == 1


async def test_a_call_that_nobody_waits_for_any_more_is_cancelled(shop):
    operations = shop.operations()
    shop.gate.clear()
    (only,) = await shop.waiting(operations, 1)

    only.cancel()
    with pytest.raises(asyncio.CancelledError):
        await only
    shop.gate.set()
    await shop.call(operations)

    assert len(shop.calls) == 2


async def test_a_failure_is_told_to_all_who_wait_and_kept_for_nobody(shop):
    operations = shop.operations()
    shop.output = OperationFailed("It is closed.")

    failed = await asyncio.gather(
        *(shop.call(operations) for _ in range(3)), return_exceptions=True
    )
    shop.output = "open"

    assert {str(one) for one in failed} == {"It is closed."}
    assert await shop.call(operations) == "open"


async def test_a_write_is_never_kept_and_takes_out_what_was_kept_of_its_source(shop):
    operations = OperationsKept(
        shop.operations(keep=0),
        shop.database.results,
        shop.database.artifacts,
        shop.clock,
        Keeping({"*": 10 * MINUTE}),
    )

    await shop.call(operations, where="here")
    assert await shop.call(operations, "shop.buy", what="milk") == 2
    assert await shop.call(operations, "shop.buy", what="milk") == 3
    await shop.call(operations, where="here")
    assert shop.calls == [("here", ""), "milk", "milk", ("here", "")]
    with pytest.raises(OperationFailed):
        await shop.call(operations, "shop.buy", what="nothing")
    await shop.call(operations, where="here")

    assert len(shop.calls) == 6


async def test_an_answer_from_before_a_write_is_not_kept_after_it(shop):
    operations = shop.operations()
    shop.gate.clear()
    (reading,) = await shop.waiting(operations, 1)

    await shop.call(operations, "shop.buy", what="milk")
    shop.gate.set()
    await reading
    await shop.call(operations)

    assert shop.calls == [("", ""), "milk", ("", "")]


async def test_who_acts_in_their_own_name_gets_no_answer_of_others(shop):
    operations = shop.operations(is_personal=lambda source: source == "shop")

    await shop.call(operations)
    await shop.call(operations, keep=MINUTE)

    assert len(shop.calls) == 2
