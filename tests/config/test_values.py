"""What people write for a length of time, quiet hours and a rate."""

from datetime import time, timedelta

import pytest

from config.values import (
    Frequency,
    QuietHours,
    parse_duration,
    parse_frequency,
    parse_quiet_hours,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2m", timedelta(minutes=2)),
        ("90s", timedelta(seconds=90)),
        ("1h30m", timedelta(minutes=90)),
        (" 1h 30m ", timedelta(minutes=90)),
        ("500ms", timedelta(milliseconds=500)),
        ("1.5h", timedelta(minutes=90)),
        ("1d", timedelta(days=1)),
        ("45", timedelta(seconds=45)),
        (45, timedelta(seconds=45)),
        (0.5, timedelta(milliseconds=500)),
        (timedelta(seconds=3), timedelta(seconds=3)),
    ],
)
def test_lengths_of_time(written, meant):
    assert parse_duration(written) == meant


@pytest.mark.parametrize(
    "written", ["", "soon", "2 fortnights", "-1", "0s", True, [], "1h x", "9" * 40 + "d"]
)
def test_what_is_no_length_of_time(written):
    with pytest.raises(ValueError, match="length of time"):
        parse_duration(written)


def test_quiet_hours_run_past_midnight():
    assert parse_quiet_hours("22:00-08:00") == QuietHours(time(22), time(8))
    assert parse_quiet_hours(" 7:30 - 9:05 ") == QuietHours(time(7, 30), time(9, 5))


@pytest.mark.parametrize("written", ["22-8", "25:00-08:00", "08:00-08:00", "", 1320])
def test_what_are_no_quiet_hours(written):
    with pytest.raises(ValueError, match=r"quiet hours|Quiet hours|time of day"):
        parse_quiet_hours(written)


def test_rates():
    assert parse_frequency("1/hour") == Frequency(1, timedelta(hours=1))
    assert parse_frequency("10 per days") == Frequency(10, timedelta(days=1))


@pytest.mark.parametrize("written", ["often", "0/hour", "1/fortnight", "-1/hour", 3])
def test_what_is_no_rate(written):
    with pytest.raises(ValueError, match="rate"):
        parse_frequency(written)
