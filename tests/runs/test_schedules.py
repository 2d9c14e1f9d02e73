"""Starts by the clock: once for each time, whatever crashes, and never for nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from opstream.domain.conversation import Place
from opstream.domain.run import RunStatus
from opstream.errors import BadInput, MissingInputs, NotAllowed, NotFound
from tests.runs.conftest import ANA, BO, CLEO, DAN

DEMO = "id: demo\ntitle: Demo\nsteps:\n  - {id: a, notify: Hello.}\n"
NEEDY = "id: demo\ntitle: Demo\ninputs:\n  who: text\nsteps:\n  - {id: a, notify: Hello.}\n"
HOURLY = DEMO + 'triggers:\n  - {schedule: "0 * * * *", missed: %s}\n'
PLACE = Place("C1")


async def opened(house, text: str = DEMO):
    house.write(text)
    await house.open()
    schedules = house.install.services.schedules
    await schedules.next_at()
    return schedules


def with_default_channel(house):
    house.environment["OPSTREAM_CONFIG"] = str(house.folder)
    (house.folder / "slack.yaml").write_text("channels: {default: '#ops'}\n")


async def tick(house):
    await house.install.services.schedules.tick(house.clock.now())


async def runs(house):
    found = [*(await house.runs.active(limit=50)).runs, *(await house.runs.ended(limit=50)).runs]
    return list({run.id: run for run in found}.values())  # one may end between the two looks


async def test_what_a_file_plans_starts_when_its_time_has_come(house):
    schedules = await opened(house, HOURLY % "once")
    (planned,) = await schedules.listed()
    assert (planned.name, planned.next_at) == ("demo/1", datetime(2026, 11, 20, 13, 0, tzinfo=UTC))

    house.clock.pass_(minutes=59)
    await tick(house)
    assert await runs(house) == []
    house.clock.pass_(minutes=1)
    await tick(house)
    await tick(house)

    (run,) = await runs(house)
    (planned,) = await schedules.listed()
    assert (run.by.id, run.by.name) == ("schedule", "Schedule demo/1")
    assert planned.outcome == f"`{run.id}` was started for 2026-11-20 13:00 UTC."
    assert planned.next_at == datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(("missed", "count"), [("skip", 0), ("once", 1), ("all", 5)])
async def test_what_was_missed_while_nobody_was_there_follows_the_policy(house, missed, count):
    schedules = await opened(house, HOURLY % missed)
    await house.close()

    house.clock.pass_(hours=5, minutes=30)
    await house.open()
    await tick(house)

    (planned,) = await house.install.services.schedules.listed()
    assert len(await runs(house)) == count
    assert planned.next_at == datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    assert {
        "skip": "Nothing was started for 2026-11-20 17:00 UTC, which was noticed too late.",
        "once": "was started for 2026-11-20 17:00 UTC. Earlier times were missed.",
        "all": "was started for 2026-11-20 17:00 UTC.",
    }[missed] in planned.outcome
    assert schedules is not house.install.services.schedules


async def test_a_crash_between_the_start_and_the_note_of_it_starts_nothing_twice(house):
    schedules = await opened(house, HOURLY % "once")
    (before,) = await schedules.listed()
    house.clock.pass_(hours=1)
    await tick(house)

    await house.stores.database.schedules.save(before)  # as if the process had died in between
    await tick(house)

    assert len(await runs(house)) == 1


async def test_a_clock_that_is_set_back_starts_no_time_twice(house):
    await opened(house, HOURLY % "all")
    house.clock.pass_(hours=2)
    await tick(house)

    house.clock.pass_(hours=-2)
    await tick(house)
    house.clock.pass_(hours=2)
    await tick(house)

    assert len(await runs(house)) == 2


async def test_a_clock_that_ran_ahead_does_not_silence_a_schedule_for_years(house):
    schedules = await opened(house, HOURLY % "once")
    house.clock.pass_(days=4000)
    await tick(house)

    house.clock.pass_(days=-4000)
    wanted = await schedules.next_at()
    assert wanted is not None
    assert wanted < house.clock.now()
    await tick(house)

    assert await schedules.next_at() == house.clock.now() + timedelta(hours=1)


async def test_a_person_plans_a_start_and_takes_it_out_again(house):
    schedules = await opened(house)

    planned = await schedules.schedule("demo", "every day at 9", {}, by=ANA, place=PLACE)
    assert (planned.next_at, planned.by) == (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), ANA.who)
    house.clock.pass_(days=1)
    await tick(house)
    (run,) = await runs(house)
    assert run.place == PLACE
    with pytest.raises(NotAllowed, match="Ana planned this"):
        await schedules.unschedule(planned.name, by=BO)
    await schedules.unschedule(planned.name, by=CLEO)

    assert await schedules.listed() == []
    with pytest.raises(NotFound):
        await schedules.unschedule(planned.name, by=ANA)
    deeds = await house.stores.database.audit.of_subject(planned.name)
    told = [(one.deed, one.outcome) for one in deeds]
    assert told == [
        ("schedule.planned", "done"),
        ("schedule.removed", "refused"),
        ("schedule.removed", "done"),
    ]


async def test_a_start_that_was_planned_once_is_over_after_it(house):
    schedules = await opened(house)
    await schedules.schedule("demo", "in 2h", {}, by=ANA, place=None)

    house.clock.pass_(hours=2)
    await tick(house)
    await tick(house)

    assert len(await runs(house)) == 1
    assert await schedules.listed() == []


@pytest.mark.parametrize(
    ("text", "person", "error", "words"),
    [
        ("in 2h", DAN, NotAllowed, "role `operator`"),
        ("whenever", ANA, BadInput, "no time"),
        ("2020-01-01 09:00", ANA, BadInput, "passed"),
        ("in 2h", ANA, MissingInputs, "who"),
    ],
)
async def test_a_plan_that_cannot_work_is_refused_at_once(house, text, person, error, words):
    schedules = await opened(house, NEEDY)

    with pytest.raises(error, match=words):
        await schedules.schedule("demo", text, {}, by=person, place=None)

    assert await schedules.listed() == []


async def test_what_stands_in_a_file_follows_the_file(house):
    schedules = await opened(house, HOURLY % "once")
    with pytest.raises(BadInput, match="stands in the workflow `demo`"):
        await schedules.unschedule("demo/1", by=CLEO)
    await house.close()

    house.write(DEMO + 'triggers:\n  - schedule: "30 6 * * *"\n')
    await house.open()
    schedules = house.install.services.schedules
    await schedules.next_at()
    (changed,) = await schedules.listed()
    assert changed.next_at == datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
    await house.close()
    house.write(DEMO)
    await house.open()
    await house.install.services.schedules.next_at()

    assert await house.install.services.schedules.listed() == []


async def test_a_start_that_fails_is_noted_and_keeps_no_other_from_starting(house):
    house.write("id: other\ntitle: Other\nsteps:\n  - {id: a, notify: Hi.}\n", "other.yaml")
    schedules = await opened(house)
    first = await schedules.schedule("demo", "every hour", {}, by=ANA, place=None)
    await schedules.schedule("other", "every hour", {}, by=ANA, place=None)
    await house.close()
    house.write(NEEDY)
    await house.open()

    house.clock.pass_(hours=1)
    await tick(house)

    schedules = house.install.services.schedules
    outcomes = {one.workflow_id: one.outcome for one in await schedules.listed()}
    assert "`demo` still needs `who`" in outcomes["demo"]
    assert [run.workflow_id for run in await runs(house)] == ["other"]
    deeds = await house.stores.database.audit.of_subject(first.name)
    assert [(one.deed, one.outcome) for one in deeds][-1] == ("schedule.refused", "refused")


async def test_who_planned_a_start_that_fails_is_told_once_a_day_and_why(house):
    schedules = await opened(house)
    first = await schedules.schedule("demo", "every hour", {}, by=ANA, place=PLACE)
    await house.close()
    house.write(NEEDY)
    await house.open()

    for _ in range(3):
        house.clock.pass_(hours=1)
        await tick(house)

    told = await house.stores.database.notices.open_batches(house.clock.now())
    ((one,),) = [batch.parts for batch in told]
    assert (one.target.owner, one.notice.place) == (ANA.id, PLACE)
    begins = (
        f"The schedule `{first.name}` did not start for 2026-11-20 13:00 UTC: `demo` still needs"
    )
    assert one.notice.text.startswith(begins)


async def test_a_time_that_passes_without_a_start_is_told_unless_it_was_made_up_for(house):
    with_default_channel(house)
    for number, missed in enumerate(("skip", "once", "all"), start=1):
        text = (HOURLY % missed).replace("demo", f"demo{number}")
        house.write(text, f"demo{number}.yaml")
    await house.open()
    await house.install.services.schedules.next_at()

    house.clock.pass_(hours=5, minutes=30)
    await tick(house)

    told = await house.stores.database.notices.open_batches(house.clock.now())
    texts = [(one.target.owner, one.notice.text) for batch in told for one in batch.parts]
    said = "The schedule `demo1/1` did not start for 2026-11-20 17:00 UTC, because that was noticed"
    assert [(where, text[: len(said)]) for where, text in texts] == [("#ops", said)]


async def test_the_overlap_policy_holds_for_schedules_too_and_is_no_news(house):
    with_default_channel(house)
    busy = "id: demo\ntitle: Demo\nlimits: {at_once: 1, overlap: skip}\nsteps:\n  - wait: 1d\n"
    schedules = await opened(house, busy + 'triggers:\n  - schedule: "0 * * * *"\n')

    for _ in range(2):
        house.clock.pass_(hours=1)
        await tick(house)

    (run,) = await runs(house)
    (planned,) = await schedules.listed()
    assert run.status is RunStatus.ACTIVE
    assert "Not started for 2026-11-20 14:00 UTC: `demo` has one run at a time" in planned.outcome
    assert await house.stores.database.notices.open_batches(house.clock.now()) == []
