"""The clock is set back by an hour while runs wait and starts are planned: all comes once, and in order."""

from datetime import timedelta

from opstream.domain.approval import Grant
from opstream.domain.history import Outcome
from opstream.domain.run import RunStatus
from tests.contracts.waiting import until
from tests.runs.conftest import ANA, BO

DEMO = """\
id: demo
title: Demo
triggers:
  - {schedule: "0 * * * *", missed: all}
steps:
  - {id: first, call: t.read}
  - {id: nap, wait: 30m}
  - {id: ask, approval: {title: Go on?, expires: 2h}}
  - {id: last, call: t.keyed, unattended: true}
"""


async def opened(house) -> None:
    """Open the house at 12:00 and go to 13:00, when the first run starts by the clock."""
    house.write(DEMO)
    await house.open()
    await house.install.services.schedules.next_at()
    await pass_(house, hours=1)
    await until(lambda: napping(house) == 1)


async def pass_(house, **duration: float) -> None:
    """Move the clock and have everybody look at it, as the sweep does again and again."""
    house.clock.pass_(**duration)
    now, schedules = house.clock.now(), house.install.services.schedules
    await house.install.look_around()
    wanted = await schedules.next_at()
    if wanted is not None and wanted <= now:  # a second time, in case the sweep is at it still
        await schedules.tick(now)


def napping(house) -> int:
    return sum("nap" in view.run.open for view in house.watcher.views.values())


async def test_no_planned_time_starts_twice_and_later_ones_start_as_planned(house):
    await opened(house)
    [first] = house.watcher.views

    await pass_(house, hours=-1)
    await pass_(house, minutes=59)
    assert set(house.watcher.views) == {first}
    await pass_(house, minutes=1)  # it is 13:00 again
    assert (await house.runs.active()).total == 1
    await pass_(house, hours=1)

    await until(lambda: len(house.watcher.views) == 2)
    assert (await house.runs.active()).total == 2


async def test_a_run_that_waits_goes_on_at_its_time_and_its_facts_keep_their_order(house):
    await opened(house)
    [run_id] = house.watcher.views

    await pass_(house, hours=-1)
    await house.runs.pause(run_id, by=ANA)  # commits go on, at times before those of the last ones
    await house.runs.resume(run_id, by=ANA)
    await pass_(house, hours=1, minutes=29)
    assert "nap" in (await house.runs.view(run_id)).run.open
    await pass_(house, minutes=1)
    await house.watcher.until(run_id, lambda view: view.run.state("ask").approval)
    house.clock.pass_(hours=-1)
    await house.runs.answer_approval(run_id, "ask", 1, Grant(), by=BO)
    view = await house.watcher.ended(run_id)

    assert view.run.outcome is Outcome.SUCCEEDED
    assert [call.operation for call in house.tools.calls] == ["t.read", "t.keyed"]
    kinds = [fact.kind for fact in await house.runs.history(run_id)]
    steps = ["run_started", "run_paused", "run_resumed", "approval_requested", "approval_granted"]
    assert [kind for kind in kinds if kind in steps] == steps
    assert kinds[-1] == "run_finished"


async def test_what_a_run_knows_is_the_same_after_a_restart_at_the_earlier_time(house):
    await opened(house)
    [run_id] = house.watcher.views
    before = await house.runs.view(run_id)

    house.clock.pass_(hours=-1)
    await house.reopen()
    started = await house.runs.start("demo", {}, by=ANA, place=None)
    await house.watcher.until(started.id, lambda view: "nap" in view.run.open)
    after = await house.runs.view(run_id)

    assert after.run == before.run
    assert after.run.wake_at - started.started_at == timedelta(hours=1, minutes=30)
    await pass_(house, minutes=30)
    await house.watcher.until(started.id, lambda view: view.run.state("ask").approval)
    assert (await house.runs.view(run_id)).run.status is RunStatus.ACTIVE
    assert "ask" not in (await house.runs.view(run_id)).run.open


async def test_a_question_is_not_given_up_an_hour_early(house):
    await opened(house)
    [run_id] = house.watcher.views
    await pass_(house, minutes=30)
    await house.watcher.until(run_id, lambda view: view.run.state("ask").approval)

    await pass_(house, hours=-1)
    await pass_(house, hours=2, minutes=59)
    assert (await house.runs.view(run_id)).run.status is RunStatus.ACTIVE
    await pass_(house, minutes=1)

    assert (await house.watcher.ended(run_id)).run.outcome is not Outcome.SUCCEEDED
