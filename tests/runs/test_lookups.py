"""What can be asked about runs: a run is active until it has ended, whatever it waits for."""

import pytest

from opstream.domain.conversation import Place
from opstream.domain.run import RunStatus
from opstream.errors import NotFound
from tests.runs.conftest import ANA, BO
from tests.runs.test_overlap import UNDOING, opened, start, status


async def test_a_queued_run_is_listed_as_active_and_found_as_ones_own(house):
    await opened(house, "queue")
    first, queued = await start(house), await start(house)

    assert await status(house, queued.id) is RunStatus.QUEUED

    found = await house.runs.active()
    assert {one.id for one in found.runs} == {first.id, queued.id}
    assert found.total == 2
    assert (await house.runs.ended()).total == 0


async def test_a_run_that_is_being_undone_is_listed_as_active_and_found_as_ones_own(house):
    house.write(UNDOING.replace("call: t.read", "call: t.keyed"))  # asks before it undoes
    await house.open()
    run = await start(house)
    await house.watcher.until(run.id, lambda view: "hold" in view.run.open)

    await house.runs.cancel(run.id, by=ANA)

    assert await status(house, run.id) is RunStatus.STOPPING
    assert [one.id for one in (await house.runs.active()).runs] == [run.id]
    assert (await house.runs.ended()).total == 0
    assert await house.runs.resolve(None, by=ANA, place=None) == run.id


HOLD = "id: demo\ntitle: Demo\nsteps:\n  - {id: hold, wait: 1h}\n"
PARENT = "id: parent\ntitle: Parent\nsteps:\n  - {id: child, run: {workflow: demo}}\n"
TALK = Place("C1", "1700000000.000100")


async def begin(house, workflow="demo", *, by=ANA, place=TALK) -> str:
    house.clock.pass_(seconds=1)
    run = await house.runs.start(workflow, {}, by=by, place=place)
    return run.id


async def test_a_thread_of_people_means_the_newest_active_run_in_it_or_else_the_last(house):
    house.write(HOLD)
    await house.open()
    assert await house.runs.of_thread(TALK) is None

    older, newer = await begin(house), await begin(house, by=BO)
    await begin(house, place=Place("C1"))
    await begin(house, place=Place("C2", TALK.thread))

    assert await house.runs.resolve(None, by=ANA, place=TALK) == newer
    await house.runs.cancel(newer, by=BO)
    assert await house.runs.of_thread(TALK) == older
    await house.runs.cancel(older, by=ANA)
    assert await house.runs.of_thread(TALK) == newer
    assert await house.runs.of_thread(Place("C1")) is None


async def test_in_a_thread_of_people_a_run_goes_before_those_that_it_started(house):
    house.write(HOLD)
    house.write(PARENT, "parent.yaml")
    await house.open()
    parent = await begin(house, "parent")
    child = await house.watcher.until(parent, lambda view: view.run.state("child").child)

    assert await house.runs.of_thread(TALK) == parent
    assert await house.runs.hearing(TALK) == (parent, child.run.state("child").child)


async def test_what_is_retried_without_an_id_is_ones_newest_run_that_stopped(house):
    house.write(HOLD)
    await house.open()
    with pytest.raises(NotFound, match="nothing to retry"):
        await house.runs.resolve_stopped(None, by=ANA, place=None)

    first, second, active = await begin(house), await begin(house), await begin(house)
    his = await begin(house, by=BO, place=None)
    for run_id in (second, first, his):
        await house.runs.cancel(run_id, by=BO)

    assert await house.runs.resolve_stopped(None, by=ANA, place=Place("C1")) == second
    assert await house.runs.resolve_stopped(None, by=BO, place=None) == his
    assert await house.runs.resolve_stopped(None, by=BO, place=TALK) == second
    assert await house.runs.resolve_stopped(active[:6], by=ANA, place=None) == active
    await house.runs.retry(second, by=ANA)
    await house.runs.retry(first, by=ANA)
    assert await house.runs.resolve_stopped(None, by=BO, place=TALK) == active
