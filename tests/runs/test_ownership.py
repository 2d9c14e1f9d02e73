"""A process that lost a run on PostgreSQL, and does not know it yet, does no harm to it."""

import asyncio
import contextlib

import psycopg
import pytest

from opstream.domain import history as h
from opstream.engine.evolve import replay
from opstream.ports import UnitOfWork
from tests import postgres
from tests.adapters.store.sharing import ask, process
from tests.contracts.waiting import until
from tests.runs.conftest import ANA

BOTH = """
id: demo
title: Demo
steps:
  - {id: slow, call: t.read}
  - {id: change, call: t.keyed, unattended: true, needs: []}
"""


@pytest.fixture
def url():
    return postgres.migrated_database()


@pytest.fixture
async def other(url):
    """Another process on the same database."""
    opened = await process(url, "other")
    yield opened
    await opened.close()


@pytest.fixture
async def run_id(house, url):
    """A run that the house advances: both its calls are under way, and do not end by themselves."""
    house.environment["OPSTREAM_DATABASE_URL"] = url
    for name in ("t.read", "t.keyed"):
        house.tools.gates[name] = asyncio.Event()
    run_id = await house.start(BOTH)
    await calls(house, 2)
    return run_id


async def calls(house, number):
    await until(lambda: len(house.tools.calls) >= number)


async def take_over(url, other, run_id):
    """Have the other process get the run, as when the house was frozen for longer than its lease."""
    for _ in range(100):  # the house's heart beats in between
        ask(url, "UPDATE workers SET seen_at = 0 WHERE id <> 'other'")
        if await other.runs.claim(run_id):
            return
    raise AssertionError("never taken over")


async def tell(other, run_id, *facts):
    before = replay(run_id, await other.runs.history(run_id))
    after = replay(run_id, [*await other.runs.history(run_id), *facts])
    epoch = other.runs.epoch(run_id)
    await other.runs.commit(UnitOfWork(after, facts, before.version, as_owner=True, epoch=epoch))


@contextlib.asynccontextmanager
async def listening(url, channel):
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    async with connection:
        await connection.execute(f"LISTEN {channel}")
        yield connection


async def test_what_a_call_came_to_under_a_lost_claim_is_not_written(house, url, other, run_id):
    await take_over(url, other, run_id)
    now = house.clock.now()
    await tell(other, run_id, h.StepFailed(now, "slow", "No.", "refused", now, now, attempt=1))
    await other.runs.release(run_id)
    before = await other.runs.history(run_id)

    house.tools.answers["t.keyed"] = [{"stale": True}]
    house.tools.gates["t.keyed"].set()
    house.tools.gates["t.read"].set()
    view = await house.watcher.ended(run_id, 15)

    assert view.run.outcome is h.Outcome.SUCCEEDED
    later = (await other.runs.history(run_id))[len(before) :]
    assert view.run.steps["change"].output == {"ok": True}
    assert {"stale": True} not in [getattr(fact, "output", None) for fact in later]


async def test_a_nudge_for_a_run_that_was_lost_goes_to_who_has_it(house, url, other, run_id):
    await take_over(url, other, run_id)
    made = len(house.tools.calls)
    async with listening(url, "opstream_nudge") as notes:
        await house.runs.pause(run_id, by=ANA)
        async for note in notes.notifies(timeout=10, stop_after=1):
            assert note.payload == f"other {run_id}"
            break
        else:
            raise AssertionError("nobody was told")
    assert len(house.tools.calls) == made


async def test_who_regained_a_run_gives_up_what_it_did_before_it_was_lost(
    house, url, other, run_id
):
    await take_over(url, other, run_id)
    await other.runs.release(run_id)

    await house.runs.pause(run_id, by=ANA)
    await house.runs.resume(run_id, by=ANA)

    await calls(house, 4)
    keys = {f"{run_id}:slow:1", f"{run_id}:change:1"}
    assert set(house.tools.cancelled) == keys
    assert {one.key for one in house.tools.calls[2:]} == keys
