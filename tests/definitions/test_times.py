"""Times as people write them."""

from datetime import UTC, datetime

import pytest

from opstream.definitions import times
from opstream.domain.trigger import Schedule
from opstream.errors import BadInput

NOW = datetime(2026, 5, 6, 12, 30, tzinfo=UTC)  # a Wednesday; 14:30 in Berlin
BERLIN = "Europe/Berlin"


def at(*when):
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("every day at 9", "0 9 * * *"),
        ("At 9 every day.", "0 9 * * *"),
        ("daily at noon", "0 12 * * *"),
        ("every monday at 9:30", "30 9 * * mon"),
        ("every Mon, wed and Friday at 17.45", "45 17 * * mon,wed,fri"),
        ("Mondays at 9", "0 9 * * mon"),
        ("every sunday at midnight", "0 0 * * sun"),
        ("every weekday at 9am", "0 9 * * mon-fri"),
        ("weekends at 12 pm", "0 12 * * sat,sun"),
        ("every month on the 1st at 6", "0 6 1 * *"),
        ("on the 15th of every month at 18:00", "0 18 15 * *"),
        ("every 15 minutes", "*/15 * * * *"),
        ("every minute", "* * * * *"),
        ("every 2 hours", "0 */2 * * *"),
        ("hourly", "0 * * * *"),
        ("`0 9 * * MON-fri`", "0 9 * * mon-fri"),
        ("@daily", "0 0 * * *"),
    ],
)
def test_what_comes_again_is_a_cron_expression(text, cron):
    assert times.read_when(text, None, BERLIN) == Schedule(cron=cron, timezone=BERLIN)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("on 2026-12-24 at 9", at(2026, 12, 24, 8)),
        ("2026-07-01 at 9:15pm", at(2026, 7, 1, 19, 15)),
        ("2026-12-24T09:00:00+05:00", at(2026, 12, 24, 4)),
        ("2026-12-24 09:00", at(2026, 12, 24, 8)),
        ("tomorrow at 9", at(2026, 5, 7, 7)),
        ("today at 17", at(2026, 5, 6, 15)),
        ("at 17:30", at(2026, 5, 6, 15, 30)),
        ("at 9", at(2026, 5, 7, 7)),
        ("on friday at 9", at(2026, 5, 8, 7)),
        ("wednesday at 9", at(2026, 5, 13, 7)),
        ("next wednesday at 15", at(2026, 5, 6, 13)),
        ("in 2 hours", at(2026, 5, 6, 14, 30)),
        ("in 1h 30m", at(2026, 5, 6, 14)),
    ],
)
def test_what_comes_once_is_a_moment(text, when):
    assert times.read_when(text, NOW, BERLIN) == Schedule(at=when, timezone=BERLIN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("often", "`often` is no time at which something can start. Write for example"),
        ("", "`` is no time at which something can start."),
        ("every blue moon at 9", "`every blue moon at 9` is no time at which"),
        ("every monday", "`every monday` does not say at what time. Write `every monday at 9`."),
        ("every day at 25", "`25` is no time of day. Write for example `9`, `9:30`"),
        ("every day at 13pm", "`13pm` is no time of day."),
        ("every 7 minutes", "`every 7 minutes` does not come out even in an hour. Use one of `2`,"),
        ("every 5 hours", "`every 5 hours` does not come out even in a day."),
        ("every month on the 31st at 9", "Not every month has a day 31. Use one from 1 to 28."),
        ("today at 9", "`today at 9` has passed already. Write a time that is still to come."),
        ("2020-01-01 at 9", "has passed already."),
        ("2026-02-30 at 9", "`2026-02-30 at 9` is no time at which"),
        ("in 5 parsecs", "`in 5 parsecs` is no time at which"),
        ("* * *", "The schedule `* * *` cannot be read: it has 3 fields instead of 5."),
        ("60 9 * * mon", "cannot be read: `60` is no minute (from 0 to 59)."),
        ("0 9 30 2 *", "cannot be read: the days that it names never come."),
    ],
)
def test_what_cannot_be_read_says_what_to_write(text, said):
    with pytest.raises(BadInput) as caught:
        times.read_when(text, NOW, BERLIN)

    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["tomorrow at 9", "in 2 hours", "friday at 9", "at 9"])
def test_a_file_has_no_tomorrow(text):
    with pytest.raises(BadInput, match=r"depends on the day on which it is read\. Write a date"):
        times.read_when(text, None, BERLIN)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("europe/berlin", "Did you mean `Europe/Berlin`?"),
        ("Berlin", "Did you mean `Europe/Berlin`?"),
        ("Mars/Olympus", "Write for example `Europe/Berlin` or `UTC`."),
        ("", "Write for example"),
        ("../etc/passwd", "is no timezone."),
    ],
)
def test_an_unknown_timezone_offers_what_comes_close(zone, said):
    with pytest.raises(BadInput) as caught:
        times.read_when("every day at 9", None, zone)

    assert said in str(caught.value)
