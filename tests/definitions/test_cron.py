"""Cron expressions, and when their times come; clocks that jump included."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.definitions import cron
from opstream.domain.trigger import Schedule

BERLIN = "Europe/Berlin"  # 2026: 29 March 2:00 -> 3:00, 25 October 3:00 -> 2:00


def at(*when):
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    "expression",
    ["*/5 * * * *", "0 9 * * mon-fri", "0,30 8-18/2 1 jan,JUN 0", "@daily", "0 9 * * fri-sun"],
)
def test_cron_expressions_are_read(expression):
    assert cron.fault(expression) is None


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("often", "it has 1 fields instead of 5"),
        ("60 * * * *", "`60` is no minute (from 0 to 59)"),
        ("* * 0 * *", "`0` is no day of the month (from 1 to 31)"),
        ("* * * * fun", "`fun` is no day of the week (from 0 to 7)"),
        ("*/0 * * * *", "`*/0` is no minute (from 0 to 59)"),
        ("9-3 * * * *", "`9-3` is no minute (from 0 to 59)"),
        ("* 99999999999 * * *", "`99999999999` is no hour (from 0 to 23)"),
        ("0 0 31 4 *", "the days that it names never come"),
    ],
)
def test_a_broken_cron_expression_says_which_field(expression, said):
    assert cron.fault(expression) == said


@pytest.mark.parametrize(
    ("expression", "after", "next_at"),
    [
        ("0 9 * * mon-fri", at(2026, 5, 8, 9), at(2026, 5, 11, 9)),
        ("0 9 * * 0", at(2026, 5, 8), at(2026, 5, 10, 9)),  # a Sunday
        ("0 9 * * 7", at(2026, 5, 8), at(2026, 5, 10, 9)),
        ("0 9 * * fri-sun", at(2026, 5, 9, 9), at(2026, 5, 10, 9)),
        ("*/15 * * * *", at(2026, 5, 8, 9, 14, 59, 999_999), at(2026, 5, 8, 9, 15)),
        ("0 0 29 2 *", at(2026, 5, 8), at(2028, 2, 29)),
    ],
)
def test_the_next_time_is_later_than_the_last(expression, after, next_at):
    assert cron.next_after(Schedule(cron=expression), after) == next_at


def test_times_are_those_of_the_timezone():
    schedule = Schedule(cron="0 9 * * *", timezone=BERLIN)

    assert cron.next_after(schedule, at(2026, 3, 28)) == at(2026, 3, 28, 8)
    assert cron.next_after(schedule, at(2026, 3, 29)) == at(2026, 3, 29, 7)


def test_a_time_that_the_clock_leaves_out_comes_once_at_the_jump():
    schedule = Schedule(cron="30 2 * * *", timezone=BERLIN)

    times = cron.times_between(schedule, at(2026, 3, 28), at(2026, 3, 31), 9)

    assert times == [at(2026, 3, 28, 1, 30), at(2026, 3, 29, 1), at(2026, 3, 30, 0, 30)]


def test_a_time_that_the_clock_shows_twice_comes_the_first_time_only():
    schedule = Schedule(cron="30 2 * * *", timezone=BERLIN)

    times = cron.times_between(schedule, at(2026, 10, 24, 12), at(2026, 10, 27), 9)

    assert times == [at(2026, 10, 25, 0, 30), at(2026, 10, 26, 1, 30)]


@pytest.mark.parametrize("jump", [at(2026, 3, 29, 1), at(2026, 10, 25, 1)])
def test_what_comes_in_every_hour_goes_by_the_hours_that_pass(jump):
    schedule = Schedule(cron="*/15 * * * *", timezone=BERLIN)

    times = cron.times_between(schedule, jump - timedelta(hours=2), jump + timedelta(hours=2), 99)

    assert len(times) == 16
    assert {later - one for one, later in pairwise(times)} == {timedelta(minutes=15)}


def test_a_date_comes_once():
    schedule = Schedule(at=at(2026, 12, 24, 8), timezone=BERLIN)

    assert cron.next_after(schedule, at(2026, 12, 24, 7)) == at(2026, 12, 24, 8)
    assert cron.next_after(schedule, at(2026, 12, 24, 8)) is None
    assert cron.times_between(schedule, at(2026, 1, 1), at(2027, 1, 1), 5) == [at(2026, 12, 24, 8)]


def test_only_so_many_times_are_returned_the_oldest_first():
    schedule = Schedule(cron="0 * * * *")

    times = cron.times_between(schedule, at(2026, 5, 8), at(2027, 5, 8), 2)

    assert times == [at(2026, 5, 8, 1), at(2026, 5, 8, 2)]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("30 2 * * *", "*/20 1-3 * * *", "0 * * * *", "*/7 * * 3,10 *", "0 0 * * sun")),
    st.sampled_from((BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")),
    st.integers(0, 730 * 24 * 60),
)
def test_times_only_go_forward_and_the_next_of_each_is_the_same(expression, zone, minutes):
    schedule, after = Schedule(cron=expression, timezone=zone), at(2026, 1, 1)
    after += timedelta(minutes=minutes)

    first, second = cron.times_between(schedule, after, after + timedelta(days=800), 2)

    assert after < first < second
    assert cron.next_after(schedule, second - timedelta(microseconds=1)) == second
