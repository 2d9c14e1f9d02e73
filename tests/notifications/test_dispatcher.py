"""Notices on their way: held, gathered, tried again, and after a crash neither lost nor sent twice."""

from datetime import UTC, datetime, time, timedelta

import pytest

from opstream.adapters.store.database import Database
from opstream.domain.notification import (
    Frequency,
    Notice,
    NoticeKind,
    Preferences,
    QuietHours,
    Severity,
    Standing,
)
from opstream.notifications.dispatcher import Dispatcher
from opstream.ports import Carried, NoticeDefaults
from tests.handlers.moments import Moments
from tests.notifications.offices import Office

NIGHT = Preferences(quiet=QuietHours(time(22), time(8)))
LATE = datetime(2026, 11, 20, 23, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(tmp_path / "data")
    yield opened
    await opened.close()


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def clock():
    return Moments()


@pytest.fixture
def dispatcher(database, office, clock):
    defaults = NoticeDefaults("#ops", "#incidents")
    made = Dispatcher(database.notices, office, clock, office, defaults, office.run_of)
    made.bind(office)
    return made


def notice(key, severity=Severity.NORMAL, persons=("U1",)):
    return Notice(key, NoticeKind.TROUBLE, f"{key}.", severity=severity, persons=persons)


async def test_what_came_in_quiet_hours_comes_as_one_message_afterwards(
    dispatcher, database, office, clock
):
    clock.pass_by((LATE - clock.now()).total_seconds())
    await database.notices.prefer("U1", NIGHT)
    for key in ("a", "b", "c"):
        await dispatcher.tell(notice(key))
    await dispatcher.tell(notice("hot", Severity.CRITICAL))

    await dispatcher.tick(clock.now())
    assert office.told == [["hot"], ["hot"]]  # the person, and the critical channel

    morning = datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert await dispatcher.next_at() == morning
    clock.pass_by((morning - clock.now()).total_seconds())
    await dispatcher.tick(morning)
    assert office.told[2:] == [["a", "b", "c"]]
    assert await dispatcher.next_at() is None


async def test_what_is_beyond_the_frequency_goes_together_into_the_next_message(
    dispatcher, database, office, clock
):
    await database.notices.prefer("U1", Preferences(frequency=Frequency(1, timedelta(hours=1))))
    for key in ("a", "b", "c"):
        await dispatcher.tell(notice(key))
        await dispatcher.tick(clock.now())
        clock.pass_by(60)

    clock.pass_by(3600)
    await dispatcher.tick(clock.now())

    assert office.told == [["a"], ["b", "c"]]


async def test_after_a_crash_the_same_message_is_taken_up_again(
    dispatcher, office, clock, database
):
    await dispatcher.tell(notice("a"))
    office.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        await dispatcher.tick(clock.now())
    await dispatcher.tell(notice("b"))

    clock.pass_by(301)
    await dispatcher.tick(clock.now())

    (first, _, again), *later = office.carried
    assert not again
    assert (first, ["a"], True) in later
    assert ["b"] in office.told


async def test_a_broken_channel_is_tried_again_ever_later_and_then_told_of_once(
    dispatcher, office, clock, database
):
    await database.notices.prefer("U1", Preferences(outside=("oncall",)))
    refused = Carried(False, 1.0, "It refused the message, or did not answer.")
    for key in ("a", "b"):
        await dispatcher.tell(notice(key))
    office.answers = [Carried(True)] + [refused] * 8

    waits = []
    while (due := await dispatcher.next_at()) is not None:
        waits.append((due - clock.now()).total_seconds())
        clock.pass_by(max(0.0, waits[-1]))
        await dispatcher.tick(clock.now())

    assert waits[1:8] == [15, 30, 60, 120, 240, 480, 960]
    assert office.told == [["a", "b"], ["outside/oncall/2026-11-20"]]


async def test_who_causes_something_and_who_wants_none_of_it_are_not_told(
    dispatcher, office, clock, database
):
    await database.notices.watch("r1", "U1")
    await database.notices.watch("r1", "U2")
    await database.notices.watch("r1", "U3")
    await database.notices.prefer("U3", Preferences(kinds=(NoticeKind.FAILED,)))
    ended = Notice("r1/end", NoticeKind.COMPLETED, "Done.", run="r1", origin="U2")

    await dispatcher.tell(ended)
    await dispatcher.tick(clock.now())

    told = await database.notices.told("r1")
    assert {one.target.owner: one.standing for one in told} == {
        "U1": Standing.SENT,
        "U3": Standing.DROPPED,
    }


async def test_what_concerns_nobody_goes_to_the_default_channel_and_of_a_run_nowhere(
    dispatcher, office, clock
):
    await dispatcher.tell(notice("a", persons=()))
    await dispatcher.tell(Notice("b", NoticeKind.FAILED, "It failed.", run="r1"))

    await dispatcher.tick(clock.now())

    assert office.told == [["a"]]
