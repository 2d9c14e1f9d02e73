"""Durations and times as people write them, and windows cut into points."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.playground.estate.errors import Refused
from opstream.playground.estate.windows import MOST_POINTS, duration_of, window_of
from tests.playground.estate.bench import NOW


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2m", 120),
        ("2h", 7_200),
        ("90s", 90),
        ("1h30m", 5_400),
        ("1h 30m", 5_400),
        ("2 hours", 7_200),
        ("1.5 min", 90),
        ("120", 120),
        ("1d", 86_400),
        (45, 45),
        (2.5, 2.5),
    ],
)
def test_a_duration_is_read_as_people_write_it(text, seconds):
    assert duration_of(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "2x", "-5m", "m", "2 weeks", "1h-", "2mx"])
def test_an_unreadable_duration_is_refused_with_an_example(text):
    with pytest.raises(Refused, match='cannot be read; write it like "2m"'):
        duration_of(text)


@pytest.mark.parametrize("text", ["0s", 0, 0.5, "8d", float("nan"), float("inf"), "9" * 400])
def test_a_duration_out_of_range_is_refused_with_the_range(text):
    with pytest.raises(Refused, match="from 1 second to 7 days"):
        duration_of(text)


@settings(max_examples=100, deadline=None, database=None)
@given(st.floats(1, 7 * 86_400))
def test_a_window_has_few_points_and_ends_where_it_was_asked_to(seconds):
    window = window_of(seconds, "", "", NOW)

    assert 1 <= window.periods <= MOST_POINTS
    assert window.end == NOW
    assert window.start >= NOW - timedelta(seconds=seconds, milliseconds=1)


def test_two_minutes_are_cut_into_six_seconds():
    window = window_of("2m", "", "", NOW)

    assert (window.periods, window.period_seconds) == (20, 6.0)
    assert window.starts()[0] == NOW - timedelta(minutes=2)


def test_since_keeps_everything_before_it_out():
    since = NOW - timedelta(seconds=21)

    window = window_of("2m", "", since.isoformat(), NOW)

    assert since <= window.start < since + timedelta(seconds=2)
    assert window.end == NOW


def test_a_time_without_an_offset_is_utc_and_others_are_converted():
    assert window_of("1m", "2026-11-05T11:00:00", "", NOW).end == NOW - timedelta(hours=1)
    assert window_of("1m", "2026-11-05T12:00:00+01:00", "", NOW).end == NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("end", "since", "sentence"),
    [
        ("tomorrow", "", "cannot be read; write it as ISO 8601"),
        ("2026-11-06T00:00:00Z", "", "lies in the future; write a time up to now"),
        ("", "2026-11-05T12:00:00Z", "wait a few seconds or write an earlier time"),
    ],
)
def test_a_window_without_content_is_refused(end, since, sentence):
    with pytest.raises(Refused, match=sentence):
        window_of("2m", end, since, NOW)
