"""What a start does that finds no room, and who goes next when a place becomes free."""

import asyncio
from datetime import timedelta

import pytest

from opstream.domain.person import Person, Role
from opstream.domain.run import RunStatus
from opstream.errors import TooLate
from tests.runs.conftest import ANA, BO, CLEO

ONE = (
    "id: demo\ntitle: Demo\nlimits: {at_once: 1, overlap: %s}\nsteps:\n  - {id: a, call: t.read}\n"
)
UNDOING = """
id: demo
title: Demo
limits: {at_once: 1, overlap: cancel_old}
steps:
  - {id: book, call: t.keyed, unattended: true, undo: {call: t.read}}
  - {id: hold, wait: {topic: go}}
"""


async def opened(house, overlap: str):
    house.write(ONE % overlap)
    house.tools.gates["t.read"] = asyncio.Event()
    await house.open()


async def start(house, by=ANA, key=""):
    house.clock.pass_(seconds=1)  # so that it is clear who came first
    return await house.runs.start("demo", {}, by=by, place=None, request_key=key)


async def status(house, run_id: str) -> RunStatus:
    return (await house.runs.view(run_id)).run.status


async def until_running(house, run_id: str):
    return await house.watcher.until(run_id, lambda view: view.run.status is RunStatus.ACTIVE)


async def test_a_start_is_skipped_while_another_run_is_active_and_says_which(house):
    await opened(house, "skip")
    first = await start(house)

    with pytest.raises(
        TooLate, match=f"`{first.id}` has been active since 12:00 UTC, started by Ana"
    ):
        await start(house, BO)

    assert (await house.runs.active()).total == 1


async def test_the_same_request_twice_is_not_skipped_by_its_own_run(house):
    await opened(house, "skip")

    first, again = await start(house, key="k"), await start(house, key="k")

    assert first.id == again.id


async def test_the_same_request_twice_does_not_cancel_its_own_run(house):
    await opened(house, "cancel_old")

    first, again = await start(house, key="k"), await start(house, key="k")

    assert first.id == again.id
    assert await status(house, first.id) is RunStatus.ACTIVE


async def test_of_many_starts_at_once_only_one_finds_room(house):
    await opened(house, "skip")

    found = await asyncio.gather(*(start(house) for _ in range(10)), return_exceptions=True)

    assert sum(isinstance(one, TooLate) for one in found) == 9
    assert (await house.runs.active()).total == 1


async def test_queued_runs_begin_one_after_another_in_the_order_in_which_they_came(house):
    await opened(house, "queue")
    runs = [await start(house) for _ in range(3)]
    assert [run.status for run in runs] == [RunStatus.ACTIVE, RunStatus.QUEUED, RunStatus.QUEUED]

    house.tools.gates["t.read"].set()
    for run in runs:
        await house.watcher.ended(run.id)

    ends = [(await house.runs.view(run.id)).run for run in runs]
    assert [run.status for run in ends] == [RunStatus.SUCCEEDED] * 3
    assert [call.key.partition(":")[0] for call in house.tools.calls] == [run.id for run in runs]


async def test_a_queued_run_that_is_cancelled_never_begins(house):
    await opened(house, "queue")
    first, second, third = [await start(house) for _ in range(3)]

    await house.runs.cancel(second.id, by=ANA)
    house.tools.gates["t.read"].set()
    await house.watcher.ended(third.id)

    assert await status(house, second.id) is RunStatus.CANCELLED
    assert {call.key.partition(":")[0] for call in house.tools.calls} == {first.id, third.id}


async def test_a_newer_run_takes_the_place_of_the_oldest_one(house):
    await opened(house, "cancel_old")
    old = await start(house)

    new = await start(house, BO)

    ended = (await house.watcher.ended(old.id)).run
    assert (ended.status, ended.ended_by) == (RunStatus.CANCELLED, BO.who)
    assert f"A newer run, `{new.id}`, took its place." in ended.reason
    assert await status(house, new.id) is RunStatus.ACTIVE


async def test_a_newer_run_waits_until_what_the_old_one_did_is_undone(house):
    house.write(UNDOING)
    house.tools.gates["t.read"] = asyncio.Event()
    await house.open()
    old = await start(house)
    await house.watcher.until(old.id, lambda view: "hold" in view.run.steps)

    second = await start(house)
    third = await start(house)

    assert (second.status, third.status) == (RunStatus.QUEUED, RunStatus.QUEUED)
    assert await status(house, second.id) is RunStatus.CANCELLED
    house.tools.gates["t.read"].set()
    await house.watcher.ended(old.id)
    await house.watcher.until(third.id, lambda view: "hold" in view.run.steps)


async def test_a_place_that_became_free_as_the_process_died_is_given_away_later(house):
    await opened(house, "queue")
    first, second = await start(house), await start(house)
    await house.install.stop(timedelta())  # nobody looks at what is committed from here on
    await house.runs.cancel(first.id, by=ANA)
    await house.stores.close()
    assert house.tools.calls[1:] == []

    house.tools.gates["t.read"].set()
    await house.open()

    assert (await house.watcher.ended(second.id)).run.status is RunStatus.SUCCEEDED


async def test_a_person_with_enough_runs_is_queued_and_others_are_not(house):
    house.environment["OPSTREAM_RUNS_PER_PERSON"] = "2"
    house.write(ONE % "allow")
    house.tools.gates["t.read"] = asyncio.Event()
    await house.open()

    mine = [await start(house) for _ in range(3)]
    hers = await start(house, Person("U0EVE00001", "Eve", frozenset({Role.OPERATOR})))

    assert [run.status for run in mine][2] is RunStatus.QUEUED
    assert hers.status is RunStatus.ACTIVE
    house.tools.gates["t.read"].set()
    for run in (*mine, hers):
        await house.watcher.ended(run.id)


async def test_who_makes_room_is_in_the_audit(house):
    await opened(house, "cancel_old")
    old = await start(house)

    await start(house, CLEO)

    deeds = await house.stores.database.audit.of_subject(old.id)
    assert [(one.deed, one.by) for one in deeds][-1] == ("run.cancelled", CLEO.who)
