import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from opstream.adapters.clock import SystemClock
from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.timetable import SchedulerTimetable
from opstream.domain import history as h
from opstream.errors import StoreUnavailable
from tests.contracts.stories import ANA, NOON, Story, asked, later, started
from tests.contracts.waiting import until


class HandClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Bell:
    """A part with everything that rings, and what it made people look at."""

    def __init__(self, runs) -> None:
        self.runs = runs
        self.looks: list[str] = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.queue = SchedulerQueue()
        self.queue.bind(self.advance)
        self.timetables: list[SchedulerTimetable] = []

    async def advance(self, run_id: str) -> None:
        self.looks.append(run_id)
        await self.go_on.wait()

    def timetable(self, clock, runs=None, sweep_every=timedelta(hours=1)) -> SchedulerTimetable:
        sleepers = runs or self.runs
        made = SchedulerTimetable(self.queue, sleepers, clock, sweep_every=sweep_every)
        self.timetables.append(made)
        return made


@pytest.fixture
async def bell(database):
    bell = Bell(database.runs)
    bell.queue.start()
    yield bell
    for timetable in bell.timetables:
        await timetable.stop()
    await bell.queue.stop(grace=timedelta())


def soon(milliseconds: float) -> datetime:
    return SystemClock().now() + timedelta(milliseconds=milliseconds)


async def asleep(runs, run_id: str, until_then: datetime) -> Story:
    nap = h.WaitBegan(NOON, "nap", until_then)
    return await Story(runs, run_id).tell(started(), nap, rests=True)


async def test_a_sleeper_is_looked_at_when_its_time_has_come(bell, database):
    timetable = bell.timetable(SystemClock())
    when = soon(30)
    await asleep(database.runs, "r1", when)

    timetable.wake_at(when)
    await until(lambda: bell.looks == ["r1"])

    assert SystemClock().now() >= when


async def test_one_alarm_wakes_all_sleepers_one_after_the_other(bell, database):
    timetable = bell.timetable(SystemClock())
    when = soon(20)
    for n in (3, 1, 2):
        await asleep(database.runs, f"r{n}", when + timedelta(milliseconds=20 * n))

    timetable.wake_at(await database.runs.next_wake())

    await until(lambda: list(dict.fromkeys(bell.looks)) == ["r1", "r2", "r3"])


async def test_an_earlier_time_moves_the_alarm_and_a_later_one_does_not(bell, database):
    timetable = bell.timetable(SystemClock())
    await asleep(database.runs, "r1", soon(20))

    timetable.wake_at(soon(60_000))
    timetable.wake_at(soon(20))
    timetable.wake_at(soon(120_000))

    await until(lambda: bell.looks == ["r1"])


async def test_a_run_that_is_due_and_does_not_move_hides_no_later_sleeper(bell, database):
    timetable = bell.timetable(SystemClock())
    await asleep(database.runs, "stuck", soon(-1000))
    await asleep(database.runs, "r1", soon(50))

    await timetable.start()

    await until(lambda: "r1" in bell.looks)
    assert bell.looks.count("stuck") <= 3


async def test_the_first_sweep_looks_at_what_is_due_and_what_may_have_work(bell, database):
    await asleep(database.runs, "due", later(-5))
    await asleep(database.runs, "asleep", later(3600))
    await Story(database.runs, "begun").tell(started())
    await Story(database.runs, "paused").tell(started(), h.RunPaused(NOON, ANA))

    await bell.timetable(HandClock(NOON)).start()
    await until(lambda: len(bell.looks) >= 2)

    assert sorted(bell.looks) == ["begun", "due"]


async def test_a_sweep_leaves_runs_that_rest_in_peace(bell, database):
    resting = (
        Story(database.runs, f"r{n}").tell(started(), asked(), rests=True) for n in range(250)
    )
    await asyncio.gather(*resting)
    await Story(database.runs, "begun").tell(started())

    await bell.timetable(HandClock(NOON)).sweep()
    await until(lambda: bell.looks != [])

    assert bell.looks == ["begun"]


async def test_a_sweep_does_not_disturb_a_run_that_is_being_advanced(bell, database):
    await Story(database.runs, "at_work").tell(started())
    timetable = bell.timetable(HandClock(NOON))
    bell.go_on.clear()
    await timetable.sweep()
    await until(lambda: bell.looks == ["at_work"])

    await Story(database.runs, "begun").tell(started())
    await timetable.sweep()
    await until(lambda: "begun" in bell.looks)

    assert bell.looks == ["at_work", "begun"]


async def test_a_branch_that_sleeps_is_woken_while_another_one_works(bell, database):
    await asleep(database.runs, "r1", later(10))
    clock = HandClock(NOON)
    timetable = bell.timetable(clock)
    bell.go_on.clear()
    bell.queue.put("r1")
    await until(lambda: bell.looks == ["r1"])

    clock.at = later(11)
    await timetable.sweep()

    await until(lambda: bell.looks == ["r1", "r1"])


async def test_a_clock_that_was_moved_delays_nobody_longer_than_a_sweep(bell, database):
    clock = HandClock(NOON)
    await asleep(database.runs, "r1", later(3600))
    timetable = bell.timetable(clock, sweep_every=timedelta(milliseconds=5))
    await timetable.start()
    timetable.wake_at(datetime(2999, 1, 1, tzinfo=UTC))

    clock.at = later(3601)

    await until(lambda: "r1" in bell.looks)


class Flaky:
    """The runs of a database that cannot be asked at first."""

    def __init__(self, runs) -> None:
        self._runs = runs
        self.broken = 3

    def __getattr__(self, name):
        if self.broken:
            self.broken -= 1
            raise StoreUnavailable("The database is locked.")
        return getattr(self._runs, name)


async def test_sweeping_goes_on_when_the_database_could_not_be_asked(bell, database):
    flaky = Flaky(database.runs)
    await Story(database.runs, "r1").tell(started())

    await bell.timetable(HandClock(NOON), flaky, timedelta(milliseconds=1)).start()

    await until(lambda: "r1" in bell.looks)
    assert flaky.broken == 0


class Slow:
    """A ticker that is asked for its next time, and says what it knew when it was asked."""

    def __init__(self) -> None:
        self.due: datetime | None = None
        self.asked, self.ticks = asyncio.Event(), 0
        self.may_answer = asyncio.Event()

    async def next_at(self) -> datetime | None:
        knew = self.due
        self.asked.set()
        await self.may_answer.wait()
        return knew

    async def tick(self, now: datetime) -> None:
        self.ticks, self.due = self.ticks + 1, None


async def test_what_becomes_due_while_a_ticker_is_being_asked_does_not_wait_for_the_sweep(bell):
    timetable, slow = bell.timetable(SystemClock()), Slow()
    timetable.also(slow)
    await timetable.start()
    await slow.asked.wait()  # it answers that nothing is due

    slow.due = soon(0)
    await timetable.sweep()  # as when the alarm rings
    slow.may_answer.set()

    await until(lambda: slow.ticks == 1)


class Eager:
    """A ticker that wants to be called now, by its own look at the clock, until it was."""

    def __init__(self, clock) -> None:
        self._clock, self.asked, self.ticks = clock, 0, 0

    async def next_at(self) -> datetime | None:
        self.asked += 1
        return None if self.ticks else self._clock.now()

    async def tick(self, now: datetime) -> None:
        self.ticks += 1


async def test_a_ticker_that_wants_to_be_called_now_is_not_put_off_for_ever(bell):
    timetable = bell.timetable(SystemClock())
    eager = Eager(SystemClock())
    timetable.also(eager)

    await timetable.sweep()
    await until(lambda: eager.ticks == 1)

    assert eager.asked == 2
