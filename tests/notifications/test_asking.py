"""A question that was settled while its notice was held is told to nobody."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from opstream.adapters.store.database import Database
from opstream.domain import history as h
from opstream.domain.notification import NoticeKind, Preferences, QuietHours, Standing
from opstream.domain.outcome import Outcome
from opstream.notifications.asking import asks, is_open
from opstream.notifications.dispatcher import Dispatcher
from opstream.notifications.runs import about
from opstream.ports import NoticeDefaults
from tests.blocks.stories import ASKING, GRANTED, RUN, at, done, started, view
from tests.handlers.moments import Moments
from tests.notifications.offices import Office

NIGHT = Preferences(quiet=QuietHours(time(22), time(8)))
LATE = datetime(2026, 11, 20, 23, tzinfo=UTC)
BO = "U0BO000001"


def question(*facts):
    """Return the notice of the question that a story ends with, to Bo."""
    found = [one for one in about(view(*facts)) if asks(one)]
    return replace(found[-1], persons=(BO,))


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(tmp_path / "data")
    yield opened
    await opened.close()


@pytest.fixture
async def night(database):
    """A dispatcher late in the evening, with somebody in their quiet hours."""
    office, clock = Office(), Moments()
    clock.pass_by((LATE - clock.now()).total_seconds())
    made = Dispatcher(database.notices, office, clock, office, NoticeDefaults(), office.run_of)
    made.bind(office)
    await database.notices.prefer(BO, NIGHT)
    return made, office, clock


async def until_morning(dispatcher, clock):
    due = await dispatcher.next_at()
    clock.pass_by((due - clock.now()).total_seconds())
    await dispatcher.tick(clock.now())


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(GRANTED, id="decided"),
        pytest.param((*ASKING, h.RunFinished(at(60), Outcome.CANCELLED)), id="cancelled"),
        pytest.param(None, id="forgotten"),
    ],
)
async def test_in_the_morning_nobody_is_asked_what_was_settled_at_night(night, database, then):
    dispatcher, office, clock = night
    asked = question(*ASKING)
    news = replace(asked, key=f"{RUN}/started", kind=NoticeKind.STARTED, text="It was started.")
    office.runs[RUN] = view(*ASKING).run
    await dispatcher.tell(asked)
    await dispatcher.tell(news)
    office.runs = {RUN: view(*then).run} if then else {}

    await until_morning(dispatcher, clock)

    assert office.told == [[news.key]]
    told = {one.notice.key: one for one in await database.notices.told(RUN)}
    assert told[asked.key].standing is Standing.DROPPED
    assert told[asked.key].why == "It was settled before it could be told."
    assert await dispatcher.next_at() is None


async def test_what_still_waits_is_asked_in_the_morning(night):
    dispatcher, office, clock = night
    asked = question(*ASKING)
    office.runs[RUN] = view(*ASKING).run
    await dispatcher.tell(asked)

    await until_morning(dispatcher, clock)

    assert office.told == [[asked.key]]


async def test_a_message_that_may_have_been_posted_before_a_crash_stays_as_it_was(night):
    dispatcher, office, clock = night
    asked = question(*ASKING)
    office.runs[RUN] = view(*ASKING).run
    await dispatcher.tell(asked)
    office.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        await until_morning(dispatcher, clock)
    office.runs = {}
    clock.pass_by(timedelta(minutes=6).total_seconds())

    await dispatcher.tick(clock.now())

    assert [again for *_, again in office.carried] == [False, True]


def test_a_question_of_an_earlier_try_is_over():
    asked = question(*ASKING)

    assert is_open(asked, view(*ASKING).run)
    assert not is_open(asked, replace(view(*ASKING).run, retries=1))
    other = replace(asked, key=asked.key.replace("/ask/1/", "/ask/2/"))
    assert other.key != asked.key
    assert not is_open(other, view(*ASKING).run)


def test_what_tells_of_a_decision_asks_nothing():
    told = list(about(view(started(), done("measure", 12, {"p99": 8}))))

    assert told
    assert not any(asks(one) for one in told)
