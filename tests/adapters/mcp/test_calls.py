import asyncio

import pytest

from opstream.adapters.connectors.operations import AllOperations
from opstream.domain.operation import Progress, Repeat
from opstream.errors import OperationFailed
from tests.adapters.mcp.conftest import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_tools_on_all_pages_become_operations_that_know_what_they_change(shop):
    operations = shop.operations

    known = {one.name.split(".")[1]: one for one in operations.sources()[0].operations}
    assert len(known) == 16
    assert (known["add"].writes, known["add"].repeat) == (False, Repeat.ALWAYS)
    assert (known["add"].title, known["add"].description) == ("Only looks", "Add two numbers.")
    assert (known["deny"].writes, known["deny"].repeat) == (True, Repeat.NEVER)
    assert (known["tidy"].writes, known["tidy"].repeat) == (True, Repeat.ALWAYS)
    assert (known["refuse"].writes, known["picture"].writes) == (False, True)
    assert known["book"].title == "Book a room"
    assert known["book"].source == "workshop"


async def test_a_key_is_filled_in_and_never_shown(shop, call):
    operations = shop.operations

    output = await call(operations, "book", key="run-1:book:1", room="blue")

    assert output == {"room": "blue", "key": "run-1:book:1", "meta": "run-1:book:1"}
    book = operations.find("book")
    assert (book.repeat, list(book.inputs["properties"])) == (Repeat.WITH_KEY, ["room"])
    assert book.inputs["required"] == ["room"]


async def test_outputs_become_plain_data_whatever_their_form(shop, call):
    operations = shop.operations

    async def of(*texts):
        return await call(operations, "texts", texts=list(texts))

    assert await call(operations, "add", a="2.5", b="3") == {"sum": 5.5}
    assert await of('{"a": [1]}') == {"a": [1]}
    assert await of("{not json") == "{not json"
    assert await of("one", "two") == "one\ntwo"
    assert await of('{"a": 1}', '{"a": 2}') == [{"a": 1}, {"a": 2}]
    assert await of() is None
    assert await call(operations, "picture") == [
        {"type": "text", "text": "A dot:"},
        {"type": "image", "mime_type": "image/png", "bytes": 3},
        {
            "type": "resource_link",
            "uri": "file:///dot.png",
            "name": "dot",
            "description": "",
            "mime_type": "",
        },
    ]


async def test_an_output_above_the_limit_is_refused_and_not_kept(shop, call):
    operations = AllOperations(shop.registries[0].sources, output_bytes=1_000)

    with pytest.raises(OperationFailed) as failed:
        await call(operations, "texts", texts=["x" * 2_000])

    assert str(failed.value) == (
        "`workshop.texts` answered with 2.0 kB, more than the 1.0 kB that one answer may have; "
        "ask it for less, such as a shorter time or fewer items."
    )
    assert (failed.value.kind, failed.value.retryable) == ("invalid", False)


async def test_an_error_of_a_tool_is_told_without_secrets_and_not_retried(shop, call):
    operations = shop.operations

    with pytest.raises(OperationFailed) as failed:
        await call(operations, "refuse", why="no\nentry for tok-8372-xyz or hunter2-the-secret")

    assert str(failed.value) == "`workshop.refuse` was refused: no entry for ••• or •••."
    assert (failed.value.kind, failed.value.retryable) == ("refused", False)
    assert failed.value.outcome_known


async def test_a_long_error_is_shortened(shop, call):
    operations = shop.operations

    with pytest.raises(OperationFailed) as failed:
        await call(operations, "refuse", why="no " * 1_000)

    assert len(str(failed.value)) < 540


async def test_an_error_of_the_protocol_may_be_retried_but_leaves_a_write_in_doubt(shop, call):
    operations = shop.operations

    with pytest.raises(OperationFailed, match="the moon is in the wrong phase") as failed:
        await call(operations, "deny")

    assert (failed.value.kind, failed.value.retryable) == ("error", True)
    assert not failed.value.outcome_known


async def test_an_answer_against_its_own_schema_is_not_used(shop, call):
    operations = shop.operations

    with pytest.raises(OperationFailed) as failed:
        await call(operations, "lie")

    assert str(failed.value) == (
        "`workshop.lie` cannot be used: its answer does not fit its own description."
    )
    assert (failed.value.kind, failed.value.retryable) == ("invalid", True)


async def test_progress_of_a_slow_tool_is_passed_on_in_order(shop, call):
    operations = shop.operations

    output = await call(operations, "slow")

    assert output == {"steps": 3}
    assert call.progress == [Progress(n, 3, f"step {n}") for n in (1, 2, 3)]


async def test_cancelling_the_task_cancels_the_call_at_the_server(shop, call):
    operations = shop.operations
    task = asyncio.create_task(call(operations, "wait"))
    await until(lambda: shop.notes("waiting"))

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: shop.notes("cancelled"))
    assert await call(operations, "add", a=1, b=1) == {"sum": 2}


@pytest.mark.parametrize(("tool", "known"), [("wait", True), ("wait_writing", False)])
async def test_a_call_that_takes_too_long_is_cancelled_and_a_write_is_in_doubt(
    shop, call, tool, known
):
    operations = shop.operations

    with pytest.raises(OperationFailed) as failed:
        await call(operations, tool, seconds=0.3)

    assert str(failed.value) == f"`workshop.{tool}` did not answer within 0.3 s."
    assert (failed.value.kind, failed.value.outcome_known) == ("timeout", known)
    await until(lambda: shop.notes("cancelled"))


async def test_calls_run_side_by_side_on_one_session(shop, call):
    operations = shop.operations
    waiting = asyncio.create_task(call(operations, "wait"))
    await until(lambda: shop.notes("waiting"))

    sums = await asyncio.gather(*(call(operations, "add", a=n, b=1) for n in range(5)))

    assert [one["sum"] for one in sums] == [1, 2, 3, 4, 5]
    waiting.cancel()


async def test_a_tool_that_appears_later_can_be_called(shop, call):
    operations = shop.operations

    await call(operations, "grow")
    await until(lambda: len(operations.sources()[0].operations) == 17)

    assert await call(operations, "grown") == {"size": "large"}


async def test_a_program_gets_the_few_variables_it_needs_and_its_own(shop, call):
    operations = shop.operations

    seen = await call(operations, "environment")

    assert seen["REGION"] == "north"
    assert {"PATH", "HOME"} <= set(seen)
    assert "SHELLS" not in seen
