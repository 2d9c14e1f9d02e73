"""Trouble that lasts is told once, and that it is over; whichever process sees it, and across restarts."""

from dataclasses import replace

import pytest

from opstream.adapters.store.database import Database
from opstream.domain.operation import Health, SourceHealth
from opstream.errors import Complaint
from opstream.governance import permissions
from opstream.notifications.dispatcher import Dispatcher
from opstream.notifications.lookout import Lookout
from opstream.notifications.service import Kept, Notifications
from opstream.ports import Carried, ChatVitals, NoticeDefaults, Vitals
from tests.handlers.moments import Moments
from tests.notifications.offices import Office

FAILING = SourceHealth("estate", Health.FAILING, "`estate` does not answer.")
MISSING = SourceHealth("estate", Health.MISSING, "There is no program `estate`.")
READY = SourceHealth("estate", Health.READY, "`estate` is ready.")
STARTING = SourceHealth("estate", Health.STARTING, "`estate` is starting.")


class House:
    """A lookout over vitals that the test sets, with the real store and an office that notes what leaves."""

    def __init__(self, database):
        self.clock, self.office, self.complaints = Moments(), Office(), []
        defaults = NoticeDefaults("#ops", "#incidents")
        dispatcher = Dispatcher(
            database.notices, self.office, self.clock, self.office, defaults, self.office.run_of
        )
        dispatcher.bind(self.office)
        kept = Kept(
            database.notices, database.audit, self.clock, self.office, defaults, permissions.require
        )
        self.notifications = Notifications(dispatcher, kept)
        self.vitals = Vitals("", 0, 0, self.clock.now(), (READY,))
        self.lookout = self.another()

    def another(self):
        return Lookout(self._take, lambda: self.complaints, self.notifications, self.clock)

    async def _take(self):
        return self.vitals

    async def see(self, *lookouts, minutes=0, **change):
        """Let time pass and something change, look, and return what was told since, and where."""
        self.clock.pass_by(60 * minutes)
        self.vitals = replace(self.vitals, last_look_at=self.clock.now())
        self.vitals = replace(self.vitals, **change)
        self.office.texts.clear()
        for one in lookouts or (self.lookout,):
            await one.look()
        await self.notifications.dispatcher.tick(self.clock.now())
        return [(where, text.split(";")[0]) for where, text in self.office.texts]


@pytest.fixture
async def house(tmp_path):
    database = await Database.open(tmp_path / "data")
    yield House(database)
    await database.close()


DOWN = ("#ops", "The tool `estate` does not work")
UP = ("#ops", "The tool `estate` works again.")


async def test_a_tool_that_stays_broken_is_told_once_and_when_it_is_back(house):
    assert await house.see(sources=(FAILING,)) == []
    assert await house.see(sources=(STARTING,), minutes=0.5) == []
    assert await house.see(sources=(FAILING,), minutes=0.5) == [DOWN]
    assert await house.see(minutes=5) == []
    assert await house.see(sources=(READY,)) == [UP]
    assert await house.see(minutes=5) == []

    assert await house.see(sources=(FAILING,)) == []
    assert await house.see(minutes=1) == [DOWN]


async def test_a_tool_that_stumbles_for_a_moment_disturbs_nobody(house):
    for _ in range(3):
        assert await house.see(sources=(FAILING,), minutes=0.5) == []
        assert await house.see(sources=(READY,), minutes=0.4) == []


async def test_what_does_not_mend_itself_is_critical(house):
    await house.see(sources=(MISSING,))

    told = await house.see(minutes=1)

    assert [where for where, _ in told] == ["#incidents"]
    assert "before somebody sets it right" in told[0][1]


async def test_several_processes_and_those_after_a_restart_tell_the_same_thing_once(house):
    both = house.lookout, house.another()
    await house.see(*both, sources=(FAILING,))
    assert await house.see(*both, minutes=1) == [DOWN]

    after = house.another()
    await house.see(after)
    assert await house.see(after, minutes=1) == []
    assert await house.see(house.another(), sources=(READY,)) == [UP]


async def test_without_a_socket_for_a_minute_the_critical_channel_hears_of_it(house):
    chat = ChatVitals(2, 0, None, 0)
    assert await house.see(chat=chat) == []

    (where, text), *more = await house.see(minutes=1)
    assert (where, more) == ("#incidents", [])
    assert "No socket to Slack is open" in text

    ((where, text),) = await house.see(chat=replace(chat, connected=1))
    assert where == "#incidents"
    assert "open again" in text


async def test_runs_that_stand_still_are_told(house):
    stuck = {"waiting": 4, "last_look_at": house.clock.now()}
    assert await house.see(minutes=1, **stuck) == []

    ((where, text),) = await house.see(minutes=1, **stuck)

    assert where == "#incidents"
    assert text.startswith("Runs stand still: 4 wait")


async def test_a_database_that_is_away_is_said_in_the_chat_at_once_and_that_it_is_back(house):
    gone = {"trouble": "The database has not answered for 2 s."}
    assert await house.see(**gone) == []
    house.office.answers = [Carried(False, 15.0, "Slack has a bad moment.")]
    assert len(await house.see(minutes=1)) == 1
    ((where, text),) = await house.see(minutes=1)
    assert where == "#incidents"
    assert text.startswith("The database does not answer (2 min, since ")
    assert await house.see(minutes=1) == []

    ((where, text),) = await house.see(trouble="")
    assert where == "#incidents"
    assert text.startswith("The database answers again. It did not for 3 min")
    assert await house.see(trouble="", minutes=1) == []


async def test_a_workflow_file_that_cannot_be_used_is_told_once_a_day_and_anew_when_it_changes(
    house,
):
    house.complaints = [Complaint("a.yaml", 3, "`cal` is no kind of step.", "Write `call`.")]
    ((where, text),) = await house.see()
    assert where == "#ops"
    assert text == (
        "The workflow file a.yaml cannot be used. a.yaml:3: `cal` is no kind of step. Write `call`."
    )

    assert await house.see(house.lookout, house.another()) == []
    house.complaints = [Complaint("a.yaml", 4, "`titel` is no key.", "Write `title`.")]
    assert len(await house.see()) == 1
