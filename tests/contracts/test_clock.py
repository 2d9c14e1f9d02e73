from datetime import UTC, timedelta

from opstream.adapters.clock import SystemClock


def test_the_clock_tells_the_time_in_utc_and_goes_on():
    clock = SystemClock()

    first, second = clock.now(), clock.now()

    assert first.tzinfo is UTC
    assert timedelta() <= second - first
