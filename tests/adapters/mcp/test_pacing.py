import asyncio
from datetime import timedelta

import pytest

from opstream.adapters.mcp.gate import Gate
from opstream.adapters.mcp.pacing import Pace
from opstream.adapters.mcp.settings import Breaker, McpServer, Rate
from opstream.domain.operation import OperationCall
from opstream.errors import OperationFailed

MINUTE = timedelta(minutes=1)
CALL = OperationCall("s.look", {}, "run:a:1", timedelta(seconds=10))


class Watch:
    """Seconds in hand."""

    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def watch():
    return Watch()


def gate(watch, **more):
    breaker = Breaker(failures=3, rest=timedelta(seconds=30))
    return Gate(McpServer("s", breaker=breaker, **more), watch)


async def fail(gate, kind="unavailable"):
    with pytest.raises(OperationFailed, match="it broke"):
        async with gate.passing(CALL):
            raise OperationFailed("it broke", kind=kind)


async def test_after_failures_in_a_row_calls_fail_at_once_then_one_is_tried(watch):
    guarded = gate(watch)
    for _ in range(3):
        await fail(guarded)

    with pytest.raises(OperationFailed) as refused:
        async with guarded.passing(CALL):
            raise AssertionError("it was called")
    assert str(refused.value) == (
        "`s` failed 3 times in a row, so calls fail at once for now; in 30 s one is tried."
    )
    assert (refused.value.kind, refused.value.retryable) == ("unavailable", True)
    assert refused.value.retry_after == timedelta(seconds=30)
    assert refused.value.outcome_known
    assert guarded.sentence
    assert guarded.details == ("circuit: open", "last error: it broke")

    watch.seconds += 30
    await fail(guarded)
    assert "failed 4 times" in guarded.sentence
    watch.seconds += 30
    async with guarded.passing(CALL):
        with pytest.raises(OperationFailed, match="failed 4 times"):  # only one is tried
            async with guarded.passing(CALL):
                raise AssertionError("two were tried")
    assert guarded.sentence == ""
    async with guarded.passing(CALL):
        pass


async def test_a_refusal_is_an_answer_and_counts_as_none(watch):
    guarded = gate(watch)

    await fail(guarded)
    await fail(guarded)
    await fail(guarded, kind="refused")
    await fail(guarded)
    await fail(guarded)

    assert guarded.sentence == ""


@pytest.mark.parametrize(("lasted", "is_open"), [(10.0, True), (1.0, False)])
async def test_a_call_that_ran_out_of_time_counts_and_one_that_was_given_up_does_not(
    watch, lasted, is_open
):
    guarded = gate(watch)

    async def call():
        async with guarded.passing(CALL):
            watch.seconds += lasted
            raise asyncio.CancelledError

    for _ in range(3):
        with pytest.raises(asyncio.CancelledError):
            await call()

    assert bool(guarded.sentence) is is_open


async def test_calls_beyond_the_rate_wait_until_the_first_is_long_enough_ago(watch):
    pace = Pace(Rate(2, MINUTE), watch)

    await pace.turn()
    watch.seconds += 20
    await pace.turn()

    assert pace.wait_seconds() == 40
    watch.seconds += 40
    assert pace.wait_seconds() == 0
    await pace.turn()
    assert pace.wait_seconds() == 20


async def test_a_server_without_a_rate_is_called_as_often_as_wanted(watch):
    pace = Pace(None, watch)

    for _ in range(1_000):
        await pace.turn()

    assert pace.wait_seconds() == 0
