"""Which times of a schedule are due, and what becomes of those that were missed."""

from datetime import UTC, datetime, timedelta

import pytest

from opstream.domain.trigger import Missed, Schedule
from opstream.runs.due import MOST_AT_ONCE, due

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def hourly(missed: Missed) -> Schedule:
    return Schedule(cron="0 * * * *", missed=missed)


@pytest.mark.parametrize("missed", list(Missed))
def test_a_time_that_has_just_come_starts_one_run(missed):
    found = due(hourly(missed), NINE, NINE + timedelta(seconds=59))

    assert (found.starts, found.last, found.left_out) == ((NINE,), NINE, False)


def test_what_is_late_by_a_minute_is_skipped_where_late_starts_are_not_wanted():
    found = due(hourly(Missed.SKIP), NINE, NINE + timedelta(seconds=60))

    assert (found.starts, found.left_out) == ((), True)


def test_of_many_missed_times_the_last_one_is_made_up_for():
    found = due(hourly(Missed.ONCE), NINE, NINE + timedelta(hours=5, minutes=10))

    assert found.starts == (NINE + timedelta(hours=5),)
    assert found.left_out


def test_all_missed_times_are_made_up_for_where_that_is_wanted():
    found = due(hourly(Missed.ALL), NINE, NINE + timedelta(hours=3))

    assert found.starts == tuple(NINE + timedelta(hours=n) for n in range(4))
    assert not found.left_out


def test_after_a_long_sleep_only_the_last_hundred_are_made_up_for():
    every_minute = Schedule(cron="* * * * *", missed=Missed.ALL)
    now = NINE + timedelta(days=400)

    found = due(every_minute, NINE, now)

    assert len(found.starts) == MOST_AT_ONCE
    assert found.starts[-1] == now
    assert found.starts[0] == now - timedelta(minutes=MOST_AT_ONCE - 1)
    assert found.left_out


def test_a_single_date_is_made_up_for_once():
    once = Schedule(at=NINE, missed=Missed.ALL)

    found = due(once, NINE, NINE + timedelta(days=3))

    assert (found.starts, found.last, found.left_out) == ((NINE,), NINE, False)


def test_rare_times_are_found_however_long_ago_they_were():
    yearly = Schedule(cron="0 9 1 1 *", missed=Missed.ALL)
    first = datetime(2023, 1, 1, 9, 0, tzinfo=UTC)

    found = due(yearly, first, NINE)

    assert [time.year for time in found.starts] == [2023, 2024, 2025, 2026]
