"""Notes, offices and the timetable among several processes on one database."""

import asyncio
import threading
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from structlog.testing import capture_logs

from opstream.adapters.clock import SystemClock
from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.queues.election import Election
from opstream.adapters.queues.ending import end
from opstream.adapters.queues.notes import Notes
from opstream.adapters.queues.sharing import Sharing
from opstream.adapters.timetable import SchedulerTimetable
from tests.adapters.queues.book import Book
from tests.contracts.waiting import until

LEASE = timedelta(seconds=1)


def sever(url, like):
    """End the connections whose name fits, as a server that fails would."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s",
            (like,),
        )


@pytest.fixture
async def notes(url):
    async with AsyncExitStack() as stack:

        async def listening(name):
            heard = []
            made = Notes(url, name, LEASE)
            made.hear("news", heard.append)
            made.on_return(lambda: heard.append("returned"))
            await made.start()
            stack.push_async_callback(made.stop)
            return made, heard

        yield listening


async def test_a_note_reaches_everybody_and_equal_ones_fall_together(notes):
    (one, heard_by_one), (_, heard_by_two) = await notes("one"), await notes("two")

    for text in ("hello", "hello", "world"):
        one.send("news", text)

    await until(lambda: heard_by_one == heard_by_two == ["hello", "world"])


async def test_a_note_that_is_too_long_is_dropped_alone(notes):
    one, heard = await notes("one")

    one.send("news", "x" * 9000)
    one.send("news", "short")

    await until(lambda: heard == ["short"])


async def test_listening_begins_again_when_it_was_broken_off(notes, url):
    (one, _), (_, heard) = await notes("one"), await notes("two")

    with capture_logs() as logs:
        sever(url, "opstream two listens")
        await until(lambda: heard == ["returned"])
    one.send("news", "hello")

    await until(lambda: heard == ["returned", "hello"])
    assert [entry["event"] for entry in logs] == ["notes_not_heard"]


async def test_sending_goes_on_after_its_connection_broke(notes, url):
    one, heard = await notes("one")
    one.send("news", "first")
    await until(lambda: heard == ["first"])

    sever(url, "opstream one tells")
    with capture_logs():
        one.send("news", "lost")
        await until(lambda: not one._outgoing)
    one.send("news", "second")

    await until(lambda: heard[-1] == "second")


@pytest.fixture
async def elections(url):
    async with AsyncExitStack() as stack:

        def stand(name):
            told = []
            made = Election(
                url, name, "office", LEASE, lambda: told.append("won"), lambda: told.append("lost")
            )
            made.start()
            stack.push_async_callback(made.stop)
            return made, told

        yield stand


async def test_one_holds_the_office_and_another_follows_when_it_leaves(elections):
    one, _ = elections("one")
    await until(lambda: one.held)
    two, told = elections("two")

    await one.stop()
    await until(lambda: two.held)

    assert told == ["won"]
    assert not one.held


async def test_the_office_is_lost_with_the_connection(elections, url):
    one, told = elections("one")
    await until(lambda: one.held)

    with capture_logs():
        sever(url, "opstream one office")
        await until(lambda: told[:2] == ["won", "lost"])

    await until(lambda: one.held)


async def test_who_hangs_loses_the_office_to_another(elections, url):
    go_on, in_office = threading.Event(), threading.Event()

    async def hang():
        hanging = Election(url, "one", "office", LEASE, in_office.set, lambda: None)
        hanging.start()
        await asyncio.to_thread(in_office.wait)
        go_on.wait()  # the whole loop stands still; its connections stay open
        held = hanging.held
        await hanging.stop()
        return held

    process = asyncio.create_task(asyncio.to_thread(asyncio.run, hang()))
    await asyncio.to_thread(in_office.wait)
    two, _ = elections("two")

    await until(lambda: two.held)
    go_on.set()

    assert not await process


async def test_a_task_that_swallows_its_cancellation_ends_all_the_same():
    async def stubborn():
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)

    await end([task], again_seconds=0.001)

    assert task.done()


class Sleepers:
    """The sleepers of a database that all processes share."""

    def __init__(self):
        self.naps: dict[str, datetime] = {}

    async def due(self, now):
        return [run for run, when in self.naps.items() if when <= now]

    async def next_wake(self, after=None):
        return min((when for when in self.naps.values() if when > after), default=None)

    async def unfinished(self):
        return []


@pytest.fixture
async def bells(url):
    sleepers, owners = Sleepers(), {}
    async with AsyncExitStack() as stack:

        async def enter(name):
            sharing = Sharing(url, name, LEASE, works=True)
            queue = sharing.queue(SchedulerQueue(), Book(name, owners))
            duty = sharing.duty()
            timetable = SchedulerTimetable(
                queue, sleepers, SystemClock(), sweep_every=timedelta(hours=1), duty=duty
            )
            duty.bind(timetable.wake_at)
            looks = []

            async def advance(run_id):
                sleepers.naps.pop(run_id, None)
                looks.append(run_id)

            queue.bind(advance)
            await sharing.start(Book(name, owners))
            queue.start()
            stack.push_async_callback(sharing.stop)
            stack.push_async_callback(queue.stop, timedelta())
            stack.push_async_callback(timetable.stop)
            return timetable, duty, looks

        enter.sleepers = sleepers
        yield enter


async def test_a_sleeper_is_woken_by_the_process_on_duty_whoever_put_it_to_sleep(bells):
    timetable, duty, looks = await bells("one")
    await until(lambda: duty.held)
    other, _, looks_of_other = await bells("two")
    when = datetime.now(UTC) + timedelta(milliseconds=50)  # noqa: TID251 - it is a real alarm
    bells.sleepers.naps["r1"] = when

    other.wake_at(when)
    await until(lambda: looks == ["r1"])

    assert looks_of_other == []
    assert timetable is not other


class Ticking:
    """Something that is due at once, and then never again; it breaks the first time."""

    def __init__(self, at):
        self.at: datetime | None = at
        self.ticks = []

    async def next_at(self):
        return self.at

    async def tick(self, now):
        self.ticks.append(now)
        if len(self.ticks) == 1:
            raise ZeroDivisionError("a bug")
        self.at = None


async def test_only_the_process_on_duty_calls_tickers_and_a_bug_in_one_stops_nothing(bells):
    (one, duty, _), (two, _, _) = await bells("one"), await bells("two")
    await until(lambda: duty.held)
    ticker, idle = Ticking(SystemClock().now()), Ticking(SystemClock().now())
    one.also(ticker)
    two.also(idle)

    with capture_logs() as logs:
        for _ in range(3):
            await asyncio.gather(one.sweep(), two.sweep())
            await until(lambda: not one._ticks)

    assert (len(ticker.ticks), ticker.at, idle.ticks) == (2, None, [])
    assert [entry["event"] for entry in logs if entry["event"] == "tick_broke"] == ["tick_broke"]
