"""An alarm and a queue that is closed while it rings."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from opstream.adapters.queues.apscheduler import SchedulerQueue
from tests.contracts.waiting import until


async def test_an_alarm_that_rings_while_a_house_closes_ends_without_a_word(caplog):
    queue, begun, ended = SchedulerQueue(), asyncio.Event(), asyncio.Event()

    async def ring() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    queue.start()
    queue.set_alarm(timedelta(), ring)
    await asyncio.wait_for(begun.wait(), 20)
    await queue.stop(timedelta())

    assert ended.is_set()
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


@pytest.mark.parametrize("turns", range(4))
async def test_what_is_to_be_looked_at_as_a_house_closes_is_given_back(caplog, turns):
    queue = SchedulerQueue()
    queue.start()
    queue.put("r1")
    for _ in range(turns):  # closed at each moment between being put and being looked at
        await asyncio.sleep(0)

    left = await queue.stop(timedelta())

    assert left in (["r1"], [])
    assert "CancelledError" not in caplog.text


async def test_an_alarm_that_breaks_is_told_of():
    queue = SchedulerQueue()

    async def ring() -> None:
        raise RuntimeError("The bell fell down.")

    with capture_logs() as said:
        queue.start()
        queue.set_alarm(timedelta(), ring)
        await until(lambda: any(one["event"] == "alarm_broke" for one in said), 20)
        await queue.stop(timedelta())
