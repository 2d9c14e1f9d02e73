from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.domain.notification import (
    ALL_KINDS,
    Frequency,
    Notice,
    NoticeKind,
    Preferences,
    QuietHours,
    Severity,
    Where,
)
from opstream.notifications.policy import Lately, Verdict, decide, is_quiet, quiet_until

NIGHT = QuietHours(time(22), time(8))
BERLIN = "Europe/Berlin"
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)

zones = st.sampled_from(["UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
clocks = st.times().map(lambda one: one.replace(microsecond=0))
hours = st.builds(QuietHours, clocks, clocks).filter(lambda one: one.start != one.end)
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
rates = st.builds(
    Frequency, st.integers(1, 5), st.sampled_from([timedelta(hours=1), timedelta(days=1)])
)
chosen = st.builds(
    Preferences,
    kinds=st.sets(st.sampled_from(ALL_KINDS)).map(tuple),
    where=st.sampled_from(Where),
    quiet=st.none() | hours,
    timezone=zones,
    frequency=st.none() | rates,
    digest=st.none() | st.sampled_from([timedelta(hours=1), timedelta(hours=24)]),
    follows_do_not_disturb=st.booleans(),
)
notices = st.builds(
    Notice,
    key=st.just("k"),
    kind=st.sampled_from(NoticeKind),
    text=st.just("It is done."),
    severity=st.sampled_from(Severity),
)


def notice(severity=Severity.NORMAL, kind=NoticeKind.COMPLETED):
    return Notice("k", kind, "It is done.", severity=severity)


def berlin(day, clock, fold=0):
    wall = datetime.combine(day, clock.replace(fold=fold), tzinfo=ZoneInfo(BERLIN))
    return wall.astimezone(UTC)


@settings(max_examples=150, deadline=None)
@given(notices, chosen, moments, st.integers(0, 3000))
def test_what_is_critical_is_told_now_and_what_waits_waits_for_an_hour_that_is_not_quiet(
    one, preferences, now, pause_minutes
):
    pause = now + timedelta(minutes=pause_minutes)
    sent = tuple(now - timedelta(minutes=minutes) for minutes in (1, 2, 70))

    decided = decide(one, preferences, now, Lately(sent, pause))

    assert decided.why.endswith(".")
    if one.is_critical:
        assert (decided.verdict, decided.at) == (Verdict.NOW, now)
    if decided.verdict is Verdict.LATER:
        assert decided.at > now
    if decided.verdict in (Verdict.LATER, Verdict.DIGEST, Verdict.NOW) and not one.is_critical:
        quiet = preferences.quiet
        assert quiet is None or not is_quiet(quiet, preferences.timezone, decided.at)
        if preferences.follows_do_not_disturb and preferences.where is Where.DIRECT:
            assert decided.at >= pause


@settings(max_examples=60, deadline=None)
@given(rates, st.lists(st.integers(0, 7_200), max_size=40), st.none() | hours, zones)
def test_no_stretch_of_time_holds_more_messages_than_allowed(rate, gaps, quiet, zone):
    preferences = Preferences(frequency=rate, quiet=quiet, timezone=zone)
    now, sent = NOON, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if decide(notice(), preferences, now, Lately(tuple(sent))).verdict is Verdict.NOW:
            sent.append(now)

    for first, beyond in zip(sent, sent[rate.count :], strict=False):
        assert beyond - first >= rate.per


def test_quiet_hours_run_past_midnight():
    preferences = Preferences(quiet=NIGHT, timezone="UTC")
    for clock, day in ((time(23), 3), (time(3), 4), (time(7, 59), 4)):
        at = datetime.combine(NOON.date().replace(day=day), clock, tzinfo=UTC)

        decided = decide(notice(), preferences, at, Lately())

        assert (decided.verdict, decided.at) == (
            Verdict.LATER,
            datetime(2026, 5, 4, 8, tzinfo=UTC),
        )
        assert decided.why == "It is within the quiet hours 22:00-08:00 (UTC)."
    assert decide(notice(), preferences, decided.at, Lately()).verdict is Verdict.NOW


@pytest.mark.parametrize(
    ("day", "nap", "begins", "ends"),
    [
        # The clocks leave out 02:00 to 03:00: an end that is not there counts by the time before.
        (date(2026, 3, 29), (1, 30, 2, 30), time(1, 45), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # They repeat 02:00 to 03:00: the second time 02:15 is quiet again.
        (date(2026, 10, 25), (2, 0, 2, 30), time(2, 10), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 25), (1, 0, 3, 0), time(1, 30), datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_quiet_hours_follow_the_wall_clock_when_the_clocks_change(day, nap, begins, ends):
    quiet = QuietHours(time(nap[0], nap[1]), time(nap[2], nap[3]))

    found = quiet_until(quiet, BERLIN, berlin(day, begins))

    assert not is_quiet(quiet, BERLIN, found)
    assert found == ends


def test_what_is_beyond_the_frequency_waits_until_the_window_has_moved_on():
    sent = (NOON - timedelta(minutes=50), NOON - timedelta(minutes=10))
    twice = Preferences(frequency=Frequency(2, timedelta(hours=1)))

    decided = decide(notice(), twice, NOON, Lately(sent))

    assert (decided.verdict, decided.at) == (Verdict.LATER, NOON + timedelta(minutes=10))
    assert decided.why == "There were as many as allowed already: 2/hour."


def test_a_digest_gathers_and_keeps_out_of_quiet_hours():
    gathered = Preferences(digest=timedelta(hours=12), quiet=QuietHours(time(23), time(7)))
    evening = NOON + timedelta(hours=3)

    decided = decide(notice(), gathered, evening, Lately())

    assert decided.verdict is Verdict.DIGEST
    assert decided.at == datetime(2026, 5, 4, 7, tzinfo=UTC)


def test_do_not_disturb_holds_direct_messages_only_and_nothing_critical():
    paused = Lately(pause_ends=NOON + timedelta(hours=2))
    direct = Preferences()

    assert decide(notice(), direct, NOON, paused).at == paused.pause_ends
    for preferences in (
        replace(direct, where=Where.THREAD),
        replace(direct, follows_do_not_disturb=False),
    ):
        assert decide(notice(), preferences, NOON, paused).verdict is Verdict.NOW
    assert decide(notice(Severity.CRITICAL), direct, NOON, paused).verdict is Verdict.NOW


def test_a_kind_that_is_switched_off_is_dropped_unless_it_is_critical():
    only = Preferences(kinds=(NoticeKind.FAILED,), where=Where.NOWHERE)

    assert decide(notice(), only, NOON, Lately()).verdict is Verdict.DROP
    assert decide(notice(kind=NoticeKind.FAILED), only, NOON, Lately()).verdict is Verdict.DROP
    assert decide(notice(Severity.CRITICAL), only, NOON, Lately()).verdict is Verdict.NOW
