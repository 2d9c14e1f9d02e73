"""What comes again is shown in the words that people may write for it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.definitions import times
from opstream.domain.recurring import in_words


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 9 * * mon-fri", "every weekday at 9"),
        ("30 9 * * mon", "every Monday at 9:30"),
        ("45 17 * * mon,fri", "every Monday and Friday at 17:45"),
        ("5 8 * * mon,wed,sun", "every Monday, Wednesday and Sunday at 8:05"),
        ("0 12 * * sat,sun", "every weekend at noon"),
        ("0 0 * * *", "every day at midnight"),
        ("5 0 * * *", "every day at 0:05"),
        ("0 6 1 * *", "every month on the 1st at 6"),
        ("0 18 12 * *", "every month on the 12th at 18"),
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("0 * * * *", "every hour"),
        ("0 */2 * * *", "every 2 hours"),
    ],
)
def test_what_people_write_is_what_they_are_shown(cron, words):
    assert in_words(cron) == words
    assert times.read_when(words, None, "UTC").cron == cron


@pytest.mark.parametrize(
    "cron",
    [
        *("", "often", "@daily", "0 9 * *", "0 9 * * mon fri", "0 9 * jan *", "0 9,17 * * *"),
        *("0 9 1 * mon", "0 9 31 * *", "0 9 0 * *", "60 9 * * *", "0 24 * * *", "00 09 * * *"),
        *("*/7 * * * *", "*/1 * * * *", "*/60 * * * *", "*/0 * * * *", "0 */5 * * *"),
        *("30 * * * *", "0 9 * * 1", "0 9 * * fri,mon", "0 9 * * mon,mon", "0 9 * * mon-tue"),
        *("0 9 * * fun", "0 9 * * ,", "0-30 9 * * *"),
    ],
)
def test_what_has_no_words_stays_cron(cron):
    assert in_words(cron) is None


NUMBERS = st.integers(0, 62).map(str)
MINUTES = st.one_of(NUMBERS, NUMBERS.map("*/{}".format), st.sampled_from(["*", "0"]))
DAYS = st.lists(st.sampled_from(["mon", "tue", "wed", "fri", "sat", "sun"]), min_size=1, max_size=3)
WEEKS = st.one_of(DAYS.map(",".join), st.sampled_from(["*", "mon-fri", "sat,sun", "1-5", "0"]))
MONTH_DAYS = st.one_of(st.just("*"), NUMBERS)


@given(MINUTES, MINUTES, MONTH_DAYS, WEEKS)
@settings(max_examples=300)
def test_words_mean_just_what_the_expression_means(minute, hour, day, week):
    expression = f"{minute} {hour} {day} * {week}"

    words = in_words(expression)

    assert words is None or times.read_when(words, None, "UTC").cron == expression
