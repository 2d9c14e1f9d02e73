"""Runs that steps start: they take the room of others, and none outlives the run that wanted it."""

import asyncio

from opstream.domain import history as h
from opstream.domain.run import RunStatus
from opstream.engine.evolve import begin, evolve
from opstream.ports import UnitOfWork
from opstream.runs import ids
from tests.runs.conftest import ANA

DEMO = "id: demo\ntitle: Demo\nsteps:\n  - {id: sub, run: part}\n"
PART = (
    "id: part\ntitle: Part\nlimits: {at_once: 1, overlap: %s}\nsteps:\n  - {id: a, call: t.read}\n"
)


async def opened(house, overlap="queue", **environment):
    house.environment |= environment
    house.write(DEMO)
    house.write(PART % overlap, "part.yaml")
    house.tools.gates["t.read"] = asyncio.Event()
    await house.open()


async def start(house, name="demo"):
    house.clock.pass_(seconds=1)  # so that it is clear who came first
    return await house.runs.start(name, {}, by=ANA, place=None)


async def child_of(house, run_id):
    view = await house.watcher.until(run_id, lambda view: view.run.state("sub").child)
    return view.run.state("sub").child


async def test_a_run_that_a_step_starts_waits_for_room_like_any_other(house):
    await opened(house)
    first = await start(house, "part")
    parent = await start(house)

    child = await child_of(house, parent.id)
    assert (await house.runs.view(child)).run.status is RunStatus.QUEUED

    house.tools.gates["t.read"].set()
    assert (await house.watcher.ended(parent.id)).run.status is RunStatus.SUCCEEDED
    assert (await house.runs.view(first.id)).run.ended_at <= house.clock.now()


async def test_of_two_steps_that_start_a_run_where_one_has_room_one_waits(house):
    await opened(house)
    one, two = await start(house), await start(house)

    children = [await child_of(house, run.id) for run in (one, two)]

    found = {(await house.runs.view(child)).run.status for child in children}
    assert found == {RunStatus.ACTIVE, RunStatus.QUEUED}


async def test_a_step_whose_run_is_skipped_for_want_of_room_fails_and_says_why(house):
    await opened(house, "skip")
    first = await start(house, "part")
    parent = await start(house)

    ended = (await house.watcher.ended(parent.id)).run

    assert ended.status is RunStatus.FAILED
    assert f"`{first.id}` has been active" in ended.state("sub").error


async def test_a_step_whose_run_goes_before_older_ones_cancels_them(house):
    await opened(house, "cancel_old")
    first = await start(house, "part")
    parent = await start(house)

    child = await child_of(house, parent.id)

    assert (await house.watcher.ended(first.id)).run.status is RunStatus.CANCELLED
    assert (await house.runs.view(child)).run.status is RunStatus.ACTIVE


async def test_a_run_that_a_step_starts_takes_no_place_of_the_person_who_has_one_for_its_parent(
    house,
):
    await opened(house, OPSTREAM_RUNS_PER_PERSON="1")
    parent = await start(house)

    child = await child_of(house, parent.id)

    assert (await house.runs.view(child)).run.status is RunStatus.ACTIVE
    house.tools.gates["t.read"].set()
    assert (await house.watcher.ended(parent.id)).run.status is RunStatus.SUCCEEDED


async def test_a_run_ends_with_the_one_that_wanted_it_although_nobody_noted_its_beginning(house):
    await opened(house)
    house.write(DEMO.replace("  - {id: sub", "  - {id: first, call: t.read}\n  - {id: sub"))
    await house.install.services.workflows.load()
    parent = (await start(house)).id
    await house.watcher.until(parent, lambda view: view.under_way)

    # As a process does that dies, or loses the run, just before it can write `ChildStarted`.
    of = h.Parent(parent, "sub", 1)
    began = h.RunStarted(house.clock.now(), "part", 1, {}, ANA.who, None, parent=of)
    work = UnitOfWork(begin("0rphan", began), (began,), 0)
    await house.stores.database.runs.commit(work)
    await house.runs.cancel(parent, by=ANA)

    ended = (await house.watcher.ended("0rphan")).run
    assert ended.outcome is h.Outcome.CANCELLED
    assert ended.reason == f"The run `{parent}` that wanted it has ended."


async def test_the_end_of_a_run_is_told_to_the_one_that_has_not_noted_its_beginning(house):
    await opened(house)
    store, clock = house.stores.database.runs, house.clock
    parent, child = "0parent", ids.of_child("0parent", "sub", 1)

    # As two processes leave it when the one that began the child dies before it can write `ChildStarted`.
    began = h.RunStarted(clock.now(), "demo", 1, {}, ANA.who, None)
    await store.commit(UnitOfWork(begin(parent, began), (began,), 0))
    of = h.Parent(parent, "sub", 1)
    facts = (
        h.RunStarted(clock.now(), "part", 1, {}, ANA.who, None, parent=of),
        h.RunFinished(clock.now(), h.Outcome.SUCCEEDED, result={"ok": True}),
    )
    await store.commit(UnitOfWork(evolve(begin(child, facts[0]), facts[1]), facts, 0))
    await house.install.look_around()

    run = (await house.watcher.ended(parent)).run
    assert (run.status, run.state("sub").output) == (RunStatus.SUCCEEDED, {"ok": True})
    assert house.tools.calls == []


async def test_the_end_of_an_earlier_attempt_is_not_taken_for_that_of_the_next(house):
    await opened(house)
    parent = await start(house)
    stranger = h.Parent(parent.id, "sub", 1)
    await child_of(house, parent.id)
    facts = (
        h.RunStarted(house.clock.now(), "part", 1, {}, ANA.who, None, parent=stranger),
        h.RunFinished(house.clock.now(), h.Outcome.FAILED, reason="Long ago."),
    )
    old = evolve(begin("0ld", facts[0]), facts[1])
    await house.stores.database.runs.commit(UnitOfWork(old, facts, 0))
    await house.install.look_around()

    house.tools.gates["t.read"].set()
    assert (await house.watcher.ended(parent.id)).run.status is RunStatus.SUCCEEDED
