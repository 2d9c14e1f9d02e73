"""Which stretch of time figures are about, and what is remembered of them."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from opstream.adapters.store.database import Database
from opstream.domain import history as h
from opstream.domain.person import Person, Sight
from opstream.domain.run import RunStatus
from opstream.runs.statistics import RunStatistics, parts
from tests.contracts.stories import HERE, Story, started

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANA = Person("U1", "Ana", timezone="Europe/Lisbon")


class Moving:
    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(tmp_path)
    yield opened
    await opened.close()


async def ended(database, run_id, outcome, seconds=4):
    end = h.RunFinished(NOON - timedelta(hours=1), outcome)
    begun = started(at=end.at - timedelta(seconds=seconds))
    await Story(database.runs, run_id).tell(begun, end)


def test_a_week_is_seven_days_and_today_is_the_last():
    edges = parts(timedelta(days=7), NOON, "UTC")

    assert [f"{edge:%d.%m. %H:%M}" for edge in edges] == [
        f"{day}.11. 00:00" for day in range(14, 22)
    ]


def test_days_are_those_of_the_person_who_asks():
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)

    assert parts(timedelta(days=1), late, "Asia/Tokyo")[0].astimezone(UTC) == datetime(
        2026, 11, 20, 15, 0, tzinfo=UTC
    )
    assert parts(timedelta(days=1), late, "Mars/Olympus")[0].utcoffset() == timedelta()


def test_a_day_on_which_the_clocks_change_has_another_length():
    edges = parts(timedelta(days=2), datetime(2026, 10, 25, 12, tzinfo=UTC), "Europe/Lisbon")

    lengths = [b.astimezone(UTC) - a.astimezone(UTC) for a, b in itertools.pairwise(edges)]
    assert lengths == [timedelta(hours=24), timedelta(hours=25)]


@pytest.mark.parametrize(("days", "count"), [(1, 1), (20, 20), (21, 3), (140, 20), (366, 13)])
def test_there_are_never_more_parts_than_a_chart_can_show(days, count):
    edges = parts(timedelta(days=days), NOON, "UTC")

    assert len(edges) - 1 == count
    assert edges[0] <= NOON - timedelta(days=days - 1)


async def test_the_success_rate_leaves_out_what_people_ended(database):
    for n, outcome in enumerate(("succeeded", "succeeded", "succeeded", "failed", "cancelled")):
        await ended(database, f"r{n}", h.Outcome(outcome))

    found = await RunStatistics(database.figures, Moving()).over(timedelta(days=7), by=ANA)

    assert (found.total, found.success_rate) == (5, 0.75)
    assert found.count(RunStatus.CANCELLED) == 1
    assert found.took is not None
    assert found.took.median == timedelta(seconds=4)
    assert list(found.by_workflow) == ["deploy"]


async def test_without_runs_there_is_no_rate(database):
    found = await RunStatistics(database.figures, Moving()).over(by=ANA)

    assert (found.total, found.success_rate, found.took) == (0, None, None)


async def test_the_overview_is_remembered_for_some_seconds(database):
    clock = Moving()
    statistics = RunStatistics(database.figures, clock)
    assert (await statistics.overview(by=ANA)).total == 0
    await ended(database, "r1", h.Outcome.SUCCEEDED, seconds=6)

    clock.at += timedelta(seconds=5)
    assert (await statistics.overview(by=ANA)).total == 0

    clock.at += timedelta(seconds=20)
    overview = await statistics.overview(by=ANA)
    assert overview.total == 1
    assert overview.by_workflow["deploy"].median == timedelta(seconds=6)


async def test_what_is_remembered_for_one_person_is_not_shown_to_another(database):
    await ended(database, "r1", h.Outcome.SUCCEEDED)
    insider = replace(ANA, sight=Sight())
    outsider = replace(ANA, id="U9", sight=Sight(hidden=frozenset({HERE.channel})))
    statistics = RunStatistics(database.figures, Moving())

    found = [(await statistics.overview(by=one)).total for one in (insider, outsider, insider)]

    assert found == [1, 0, 1]
    assert (await statistics.over(by=outsider)).total == 0
