"""Several processes look at the runs of one database; here each is a queue with its own connections."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta

import psycopg
import pytest
from structlog.testing import capture_logs

from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.queues.jobs import Jobs, ensure_schema
from opstream.adapters.queues.sharing import Sharing
from opstream.domain.run import Run
from opstream.engine.evolve import begin
from opstream.errors import NotOwner
from opstream.ports import UnitOfWork
from tests.adapters.queues.book import Book
from tests.contracts.stories import started
from tests.contracts.waiting import until

LEASE = timedelta(seconds=2)


class Process:
    """A process as far as the queue is concerned; it looks as long as the test lets it."""

    def __init__(self, url, name, owners, *, slots=10, works=True):
        self.book = Book(name, owners)
        self.sharing = Sharing(url, name, LEASE, works=works)
        self.queue = self.sharing.queue(SchedulerQueue(at_once=slots), self.book)
        self.queue.bind(self.advance)
        self.looks: list[str] = []
        self.at_work: Counter[str] = Counter()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def advance(self, run_id):
        self.looks.append(run_id)
        self.at_work[run_id] += 1
        try:
            if self.at_work[run_id] == 1:  # a second one at the same time is a nudge
                await self.go_on.wait()
        finally:
            self.at_work[run_id] -= 1

    async def __aenter__(self):
        await self.sharing.start(self.book)
        self.queue.start()
        return self

    async def __aexit__(self, *_):
        await self.queue.stop(timedelta())
        await self.sharing.stop()


@pytest.fixture
async def house(url):
    async with AsyncExitStack() as stack:
        owners: dict[str, str] = {}

        async def enter(name, **how):
            return await stack.enter_async_context(Process(url, name, owners, **how))

        enter.owners = owners
        yield enter


def jobs(url):
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT args ->> 'run_id', priority, status::text FROM procrastinate_jobs ORDER BY id"
        ).fetchall()


async def test_a_worker_with_a_slot_looks_itself_and_leaves_no_job(house, url):
    worker = await house("a")

    worker.queue.put("r1")
    await until(lambda: worker.looks == ["r1"])

    assert jobs(url) == []


async def test_a_full_worker_leaves_the_rest_to_the_others_by_priority(house, url):
    full = await house("a", slots=1)
    full.go_on.clear()
    full.queue.put("r0")
    await until(lambda: full.looks == ["r0"])
    for run_id, priority in (("low", -1), ("r1", 0), ("high", 5)):
        full.queue.put(run_id, priority)
    await until(lambda: len(jobs(url)) == 3)

    other = await house("b", slots=1)
    await until(lambda: len(other.looks) == 3)

    assert other.looks == ["high", "r1", "low"]
    assert full.looks == ["r0"]
    await until(lambda: jobs(url) == [])


async def test_a_run_that_another_process_has_is_nudged_there(house):
    one, two = await house("a"), await house("b")
    one.go_on.clear()
    one.queue.put("r1")
    await until(lambda: one.looks == ["r1"])

    two.queue.put("r1")
    await until(lambda: one.looks == ["r1", "r1"])

    assert two.looks == []
    assert house.owners == {"r1": "a"}


async def test_a_run_is_given_back_when_nobody_looks_at_it_any_more(house):
    worker = await house("a")
    worker.go_on.clear()
    worker.queue.put("r1")
    await until(lambda: worker.at_work["r1"] == 1)
    worker.queue.put("r1")
    await until(lambda: worker.looks == ["r1", "r1"])
    assert house.owners == {"r1": "a"}

    worker.go_on.set()

    await until(lambda: house.owners == {})
    assert worker.book.claims == 2  # each look sees that the run is still ours


async def test_stopping_gives_everything_back_and_leaves_it_to_others(house, url):
    worker = await house("a")
    worker.go_on.clear()
    for n in range(3):
        worker.queue.put(f"r{n}")
    await until(lambda: len(worker.looks) == 3)

    await worker.queue.stop(timedelta())

    assert house.owners == {}
    assert [run for run, *_ in jobs(url)] == ["r0", "r1", "r2"]


async def test_a_run_that_was_taken_over_is_left_alone(house):
    worker = await house("a")

    async def refused(run_id):
        house.owners[run_id] = "b"
        raise NotOwner("Another process took this run over.")

    worker.queue.bind(refused)
    with capture_logs() as logs:
        worker.queue.put("r1")
        await until(lambda: any(one["event"] == "run_taken_over" for one in logs))
        await until(lambda: not worker.queue.is_busy("r1"))

    assert house.owners == {"r1": "b"}
    assert not any(one["event"] == "look_failed" for one in logs)


async def test_what_was_left_lying_is_taken_up_only_where_there_is_a_slot(house, url):
    full, free = await house("a", slots=1), await house("b")
    full.go_on.clear()
    full.queue.put("r0")
    await until(lambda: full.looks == ["r0"])

    full.queue.take_up("r1")
    free.queue.take_up("r2")
    await until(lambda: free.looks == ["r2"])

    assert full.looks == ["r0"]
    assert jobs(url) == []


def unit(run_id, priority=0, **how) -> UnitOfWork:
    run: Run = begin(run_id, started())
    return UnitOfWork(run, (started(),), 0, priority=priority, **how)


async def test_a_process_that_is_no_worker_leaves_jobs_with_the_facts(house, url):
    edge = await house("edge", works=False)
    statement, values = edge.queue.jobs_of([unit("r2", 3), unit("r1"), unit("r3", rests=True)])

    with psycopg.connect(url) as connection:
        connection.execute(statement, values)
        edge.queue.put("r1")
        edge.queue.put("r2")
        connection.rollback()
        assert jobs(url) == []
        connection.execute(statement, values)
        connection.execute(statement, values)

    assert jobs(url) == [("r1", 0, "todo"), ("r2", 3, "todo")]
    worker = await house("a", slots=1)
    await until(lambda: worker.looks == ["r2", "r1"])


async def test_facts_of_a_worker_bring_jobs_only_while_it_is_full(house):
    worker = await house("a", slots=1)
    assert worker.queue.jobs_of([unit("r1")]) is None
    worker.go_on.clear()
    worker.queue.put("r0")
    await until(lambda: worker.looks == ["r0"])

    assert worker.queue.jobs_of([unit("r1")]) is not None
    assert worker.queue.jobs_of([unit("r1", as_owner=True), unit("r2", rests=True)]) is None


async def test_a_second_job_for_a_run_raises_the_priority_of_the_first(url):
    await ensure_schema(url, "test")
    left = Jobs(url, "test", LEASE)
    await left.open()

    await left.defer({"r1": 0, "r2": 1})
    await left.defer({"r1": 7})

    assert await left.waiting() == 2
    assert [await left.take() for _ in range(3)] == [("r1", 7), ("r2", 1), None]
    await left.close()


async def test_a_worker_that_was_struck_off_signs_on_again(house, url):
    worker = await house("a")
    await until(lambda: count(url, "procrastinate_workers") == 1)
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM procrastinate_workers")

    left = Jobs(url, "test", LEASE)
    await left.open()
    await left.defer({"r1": 0})

    await until(lambda: worker.looks == ["r1"])
    await left.close()


async def test_jobs_that_a_dead_worker_took_are_cleared_away(house, url):
    await ensure_schema(url, "test")
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('opstream', 'look', 'doing')"
        )

    await house("a")

    await until(lambda: jobs(url) == [])


def count(url, table):
    with psycopg.connect(url) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
