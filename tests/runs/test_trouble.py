"""The database is locked, full or gone while runs are under way: nothing is lost, and people are told."""

import asyncio
import os
import sqlite3
import sys

import pytest
from structlog.testing import capture_logs

from opstream.domain.approval import Grant
from opstream.domain.history import Outcome
from opstream.domain.run import RunStatus, StepStatus
from opstream.errors import StoreUnavailable
from tests.contracts.waiting import until
from tests.runs.conftest import ANA, BO

HEAD = "id: demo\ntitle: Demo\nsteps:\n"
TWO = HEAD + "  - {id: a, call: t.read}\n  - {id: b, call: t.keyed, unattended: true}\n"
FREE_WRITE = HEAD + "  - {id: fix, call: t.write, unattended: true}\n"
BRANCHES = HEAD + (
    "  - {id: read, call: t.read, needs: []}\n"
    "  - {id: fix, call: t.write, unattended: true, needs: []}\n"
)
ASKING = HEAD + "  - {id: ask, approval: {title: Do it?}}\n  - {id: a, call: t.read}\n"
NAP = HEAD + "  - wait: 20s\n  - {id: a, call: t.read}\n"
BIG = "x" * 200_000  # more than the free space in the pages of the file holds


HOLD_LOCK = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


class Locked:
    """Another program, a process of its own, holds the lock of the database."""

    sentence = r"is locked by another program\. Close whatever has it open"

    def __init__(self, house) -> None:
        self._file = house.folder / "data" / "opstream.db"

    async def begin(self) -> None:
        pipe = asyncio.subprocess.PIPE
        self._other = await asyncio.create_subprocess_exec(
            sys.executable, "-S", "-c", HOLD_LOCK, str(self._file), stdin=pipe, stdout=pipe
        )
        assert await self._other.stdout.readline() == b"held\n"

    async def end(self) -> None:
        await self._other.communicate(b"\n")


class Full:
    """SQLite finds no space for another page."""

    sentence = r"is full\. Free some space, then try again"

    def __init__(self, house) -> None:
        self._writer = house.stores.database.writer

    async def begin(self) -> None:
        await self._writer.write(self._leave_no_page)

    async def end(self) -> None:
        await self._writer.write(lambda one: one.execute(f"PRAGMA max_page_count={2**30}"))

    @staticmethod
    def _leave_no_page(connection: sqlite3.Connection) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")


class Gone:
    """Somebody has moved the file away."""

    sentence = r"was moved, deleted or replaced"

    def __init__(self, house) -> None:
        self._file = house.folder / "data" / "opstream.db"

    async def begin(self) -> None:
        os.rename(self._file, f"{self._file}.aside")

    async def end(self) -> None:
        os.rename(f"{self._file}.aside", self._file)


@pytest.fixture
def house(house):
    house.environment["OPSTREAM_BUSY_TIMEOUT"] = "20ms"
    return house


@pytest.fixture
def logs():
    with capture_logs() as entries:
        yield entries


def waiting(logs) -> set[str]:
    return {entry["run"] for entry in logs if entry["event"] == "run_waits_for_store"}


def hold(house, operation: str) -> asyncio.Event:
    house.tools.gates[operation] = gate = asyncio.Event()
    return gate


@pytest.mark.parametrize("trouble", [Locked, Full, Gone])
async def test_a_run_waits_out_the_trouble_and_goes_on_with_what_it_knows(house, logs, trouble):
    gate = hold(house, "t.read")
    house.tools.answers["t.read"] = [BIG]
    run_id = await house.start(TWO)
    await house.watcher.until(run_id, lambda v: v.under_way)
    trouble = trouble(house)

    await trouble.begin()
    gate.set()
    await until(lambda: run_id in waiting(logs))
    assert [call.key for call in house.tools.calls] == [f"{run_id}:a:1"]
    await trouble.end()
    view = await house.watcher.ended(run_id)

    assert view.run.outcome is Outcome.SUCCEEDED
    assert view.run.state("a").output == BIG
    assert [call.key for call in house.tools.calls] == [f"{run_id}:a:1", f"{run_id}:b:1"]


@pytest.mark.parametrize("trouble", [Locked, Full, Gone])
async def test_who_starts_a_run_meanwhile_is_told_and_may_just_try_again(house, trouble):
    house.write(
        HEAD.replace("steps", "inputs:\n  text: {type: text}\nsteps") + "  - call: t.read\n"
    )
    await house.open()
    trouble = trouble(house)

    async def start():
        return await house.runs.start(
            "demo", {"text": BIG[:9_000]}, by=ANA, place=None, request_key="1"
        )

    await trouble.begin()
    with pytest.raises(StoreUnavailable, match=trouble.sentence) as told:
        await start()
    await trouble.end()
    assert (await house.runs.active()).total == 0
    run = await start()

    assert "\n" not in str(told.value)
    assert (await house.watcher.ended(run.id)).run.outcome is Outcome.SUCCEEDED


async def test_a_write_that_has_ended_is_not_put_in_doubt_by_a_lock(house, logs):
    gate = hold(house, "t.write")
    run_id = await house.start(FREE_WRITE)
    await house.watcher.until(run_id, lambda v: v.under_way and v.run.state("fix").call)
    trouble = Locked(house)

    await trouble.begin()
    gate.set()
    await until(lambda: run_id in waiting(logs))
    await trouble.end()
    view = await house.watcher.ended(run_id)

    assert view.run.state("fix").status is StepStatus.SUCCEEDED
    assert len(house.tools.calls) == 1


async def test_a_lock_that_hits_one_branch_cancels_no_call_of_another(house, logs):
    write, read = hold(house, "t.write"), hold(house, "t.read")
    run_id = await house.start(BRANCHES)
    await house.watcher.until(run_id, lambda v: v.under_way == {"read", "fix"})
    await house.watcher.until(run_id, lambda v: v.run.state("fix").call)
    trouble = Locked(house)

    await trouble.begin()
    read.set()
    await until(lambda: run_id in waiting(logs))
    await trouble.end()
    write.set()
    view = await house.watcher.ended(run_id)

    assert view.run.outcome is Outcome.SUCCEEDED
    assert house.tools.cancelled == []


async def test_a_yes_that_the_database_did_not_take_can_be_given_again(house):
    run_id = await house.start(ASKING)
    await house.watcher.until(run_id, lambda v: v.run.state("ask").approval)
    trouble = Locked(house)

    await trouble.begin()
    with pytest.raises(StoreUnavailable, match=trouble.sentence):
        await house.runs.answer_approval(run_id, "ask", 1, Grant(), by=BO)
    await trouble.end()
    await house.runs.answer_approval(run_id, "ask", 1, Grant(), by=BO)

    assert (await house.watcher.ended(run_id)).run.outcome is Outcome.SUCCEEDED


async def test_a_sleeper_whose_time_comes_under_a_lock_wakes_after_it(house, logs):
    run_id = await house.start(NAP)
    await house.watcher.until(run_id, lambda v: v.run.wake_at)
    trouble = Locked(house)

    await trouble.begin()
    house.clock.pass_(seconds=21)
    await house.install.look_around()
    await until(lambda: run_id in waiting(logs))
    await trouble.end()

    assert (await house.watcher.ended(run_id)).run.outcome is Outcome.SUCCEEDED


async def test_a_process_that_stops_in_the_trouble_leaves_the_run_to_the_next_one(house, logs):
    gate = hold(house, "t.read")
    run_id = await house.start(TWO)
    await house.watcher.until(run_id, lambda v: v.under_way)
    trouble = Locked(house)
    await trouble.begin()
    gate.set()
    await until(lambda: run_id in waiting(logs))

    await house.close()
    await trouble.end()
    await house.reopen()

    assert (await house.watcher.ended(run_id)).run.outcome is Outcome.SUCCEEDED


async def test_every_run_under_way_outlives_the_trouble(house, logs):
    gate = hold(house, "t.read")
    house.write(TWO)
    await house.open()
    runs = [await house.runs.start("demo", {}, by=ANA, place=None) for _ in range(30)]
    await asyncio.gather(*(house.watcher.until(run.id, lambda v: v.under_way) for run in runs))
    trouble = Locked(house)

    await trouble.begin()
    gate.set()
    await until(lambda: waiting(logs) == {run.id for run in runs})
    await trouble.end()
    views = await asyncio.gather(*(house.watcher.ended(run.id) for run in runs))

    assert {view.run.status for view in views} == {RunStatus.SUCCEEDED}
    assert len({call.key for call in house.tools.calls}) == len(house.tools.calls) == 60
