import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from opstream.adapters.queues.apscheduler import SchedulerQueue
from tests.contracts.waiting import until


class Looker:
    """Looks at runs, as long as the test lets it."""

    def __init__(self) -> None:
        self.looks: Counter[str] = Counter()
        self.under_way = 0
        self.most_at_once = 0
        self.go_on = asyncio.Event()
        self.failures = 0

    async def advance(self, run_id: str) -> None:
        self.looks[run_id] += 1
        if self.failures:
            self.failures -= 1
            raise ZeroDivisionError("a bug")
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await self.go_on.wait()
        finally:
            self.under_way -= 1


@pytest.fixture
async def looker():
    return Looker()


@pytest.fixture(params=["apscheduler"])
async def queue(request, looker):
    """A queue with three slots; Procrastinate joins here."""
    queue = SchedulerQueue(at_once=3, first_wait=timedelta(milliseconds=1))
    queue.bind(looker.advance)
    yield queue
    await queue.stop(grace=timedelta())


async def test_every_run_that_is_put_is_looked_at(queue, looker):
    looker.go_on.set()
    queue.start()

    for n in range(100):
        queue.put(f"r{n}")

    await until(lambda: len(looker.looks) == 100)


async def test_what_is_put_before_the_start_is_looked_at_after_it(queue, looker):
    queue.put("r1")
    assert not looker.looks

    queue.start()

    await until(lambda: looker.looks["r1"] == 1)


async def test_doubles_that_nobody_has_looked_at_yet_fall_together(queue, looker):
    looker.go_on.set()
    for _ in range(10):
        queue.put("r1")

    queue.start()
    queue.put("r2")
    await until(lambda: looker.looks["r2"] == 1)

    assert looker.looks["r1"] == 1


async def test_a_run_put_while_it_is_looked_at_is_nudged_at_once(queue, looker):
    queue.start()
    queue.put("r1")
    await until(lambda: looker.under_way == 1)

    queue.put("r1")

    await until(lambda: looker.looks["r1"] == 2)


async def test_no_more_runs_are_advanced_at_once_than_there_are_slots(queue, looker):
    queue.start()
    for n in range(10):
        queue.put(f"r{n}")
    await until(lambda: looker.under_way == 3)
    looker.go_on.set()

    await until(lambda: len(looker.looks) == 10)

    assert looker.most_at_once == 3


async def test_a_nudge_needs_no_slot(queue, looker):
    queue.start()
    for n in range(5):
        queue.put(f"r{n}")
    await until(lambda: looker.under_way == 3)
    under_way = next(iter(looker.looks))

    queue.put(under_way)

    await until(lambda: looker.looks[under_way] == 2)


async def test_a_look_that_fails_is_logged_and_repeated(queue, looker):
    looker.go_on.set()
    looker.failures = 3

    with capture_logs() as logs:
        queue.start()
        queue.put("r1")
        await until(lambda: looker.looks["r1"] == 4)

    failed = [entry for entry in logs if entry["event"] == "look_failed"]
    assert [entry["failures"] for entry in failed] == [1, 2, 3]
    assert [entry["again_in_seconds"] for entry in failed] == [0.001, 0.002, 0.004]
    assert isinstance(failed[0]["exc_info"], ZeroDivisionError)


async def test_a_run_that_failed_holds_no_slot(queue, looker):
    looker.failures = 20
    looker.go_on.set()
    queue.start()
    for n in range(10):
        queue.put(f"r{n}")

    await until(lambda: looker.failures == 0)
    await until(lambda: len(looker.looks) == 10)


async def test_stopping_lets_a_look_under_way_end(queue, looker):
    queue.start()
    queue.put("r1")
    await until(lambda: looker.under_way == 1)

    stopping = asyncio.create_task(queue.stop(grace=timedelta(seconds=10)))
    looker.go_on.set()
    await stopping

    assert looker.under_way == 0


async def test_stopping_cancels_a_look_that_does_not_end(queue, looker):
    queue.start()
    for n in range(5):
        queue.put(f"r{n}")
    await until(lambda: looker.under_way == 3)

    await queue.stop(grace=timedelta())

    assert looker.under_way == 0
    assert len(looker.looks) == 3


async def test_nothing_is_looked_at_after_the_stop(queue, looker):
    queue.start()
    await queue.stop()

    queue.put("r1")
    await asyncio.sleep(0)

    assert not looker.looks


async def test_a_run_is_busy_while_it_is_advanced_or_waits_for_a_slot(queue, looker):
    queue.start()
    for n in range(4):
        queue.put(f"r{n}")
    await until(lambda: looker.under_way == 3 and queue.is_busy("r3"))

    looker.go_on.set()

    await until(lambda: not any(queue.is_busy(f"r{n}") for n in range(4)))
    assert looker.looks["r3"] == 1
