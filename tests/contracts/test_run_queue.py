import asyncio
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.queues.sharing import Sharing
from tests import postgres
from tests.adapters.queues.book import Book
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


def local_queue() -> SchedulerQueue:
    return SchedulerQueue(at_once=3, first_wait=timedelta(milliseconds=1))


@asynccontextmanager
async def shared_queue():
    sharing = Sharing(postgres.empty_database(), "a", timedelta(seconds=2), works=True)
    queue = sharing.queue(local_queue(), Book("a", {}))
    await sharing.start(Book("a", {}))
    yield queue
    await queue.stop(grace=timedelta())
    await sharing.stop()


@pytest.fixture(params=["apscheduler", "procrastinate"])
async def queue(request, looker):
    """A queue with three slots, alone or shared with other processes."""
    async with AsyncExitStack() as stack:
        if request.param == "apscheduler":
            queue = local_queue()
            stack.push_async_callback(queue.stop, timedelta())
        else:
            queue = await stack.enter_async_context(shared_queue())
        queue.bind(looker.advance)
        yield queue


@pytest.fixture
async def alone(looker):
    queue = local_queue()
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


async def test_the_highest_priority_gets_the_next_slot(queue, looker):
    queue.start()
    for n in range(3):
        queue.put(f"busy{n}")
    await until(lambda: looker.under_way == 3)
    for run_id, priority in (("low", -1), ("usual", 0), ("high", 9), ("late", -2)):
        queue.put(run_id, priority)
    queue.put("late", 5)
    looker.go_on.set()

    await until(lambda: len(looker.looks) == 7)

    assert list(looker.looks)[3:] == ["high", "late", "usual", "low"]


async def test_equals_get_their_slots_in_the_order_of_coming(alone, looker):
    alone.start()
    runs = [f"r{n}" for n in (5, 3, 9, 1, 7)]
    for run_id in runs:
        alone.put(run_id)
    looker.go_on.set()

    await until(lambda: len(looker.looks) == 5)

    assert list(looker.looks) == runs


async def test_room_is_what_is_left_of_the_slots(alone, looker):
    queue = alone
    queue.start()
    assert queue.room == 3
    for n in range(5):
        queue.put(f"r{n}")
    assert queue.room == 0
    await until(lambda: looker.under_way == 3)
    assert (queue.under_way, queue.waiting, queue.room) == (3, 2, 0)
    emptied = asyncio.Event()
    queue.on_room = emptied.set

    looker.go_on.set()
    await emptied.wait()

    await until(lambda: queue.room == 3)


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


async def test_a_run_is_busy_while_it_is_advanced_or_waits_for_a_slot(alone, looker):
    queue = alone
    queue.start()
    for n in range(4):
        queue.put(f"r{n}")
    await until(lambda: looker.under_way == 3 and queue.is_busy("r3"))

    looker.go_on.set()

    await until(lambda: not any(queue.is_busy(f"r{n}") for n in range(4)))
    assert looker.looks["r3"] == 1
