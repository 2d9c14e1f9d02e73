import asyncio
import os
import sqlite3
import threading
from dataclasses import replace

import pytest

from opstream.adapters.store.database import Database
from opstream.errors import StoreUnavailable
from tests.contracts.stories import Story, started, succeeded


async def test_commits_that_come_together_share_a_transaction(database):
    under_way, queued = threading.Event(), threading.Event()

    def slow_unit(connection: sqlite3.Connection) -> None:
        under_way.set()
        queued.wait(10)

    slow = asyncio.create_task(database.writer.write(slow_unit))
    await asyncio.to_thread(under_way.wait, 10)
    stories = [
        asyncio.create_task(Story(database.runs, f"r{n}").tell(started())) for n in range(100)
    ]
    await asyncio.sleep(0)  # each task runs until its commit is queued
    queued.set()
    await asyncio.gather(slow, *stories)

    assert (database.writer.units, database.writer.transactions) == (101, 2)


async def test_every_commit_is_synced_to_the_disk(database):
    def pragmas(connection: sqlite3.Connection) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    full = 2
    assert await database.writer.write(pragmas) == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
    }


async def test_who_can_live_with_less_may_say_so(tmp_path):
    database = await Database.open(tmp_path, durability="normal")

    [synchronous] = await database.writer.write(
        lambda c: c.execute("PRAGMA synchronous").fetchone()
    )
    await database.close()

    assert synchronous == 1


async def test_a_lock_held_by_another_program_is_told_and_outlived(database, file):
    story = await Story(database.runs, "r1").tell(started())
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable, match=r"locked by another program. Close whatever"):
        await story.tell(succeeded("build"))
    assert await database.runs.history("r1") == [started()]

    other.execute("ROLLBACK")
    other.close()
    await story.tell(succeeded("build"))
    assert len(await database.runs.history("r1")) == 2


async def test_everybody_in_a_group_hears_of_the_lock(database, file):
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    results = await asyncio.gather(
        *(Story(database.runs, f"r{n}").tell(started()) for n in range(20)), return_exceptions=True
    )

    other.close()
    assert {type(result) for result in results} == {StoreUnavailable}
    assert await database.runs.find("r") == []


async def limit_pages(database: Database, extra: int | None) -> None:
    """Let the file grow by so many pages and no more; SQLite then says that the disk is full."""

    def limit(connection: sqlite3.Connection) -> None:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        most = 2**30 if extra is None else pages + extra
        connection.execute(f"PRAGMA max_page_count={most}")

    await database.writer.write(limit)


def big_fact(output):
    return replace(succeeded("read"), output=output)


async def test_a_full_disk_is_told_and_outlived(database):
    story = await Story(database.runs, "r1").tell(started())
    await limit_pages(database, 2)
    big = {"text": "x" * 100_000}

    with pytest.raises(StoreUnavailable, match=r"is full. Free some space"):
        await Story(database.runs, "r2").tell(started(), succeeded("build"), big_fact(big))

    assert await database.runs.find("r2") == []
    await limit_pages(database, None)
    await story.tell(big_fact(big))
    assert len(await database.runs.history("r1")) == 2


async def test_a_database_that_was_deleted_takes_no_writes_until_it_is_back(database, file):
    story = await Story(database.runs, "r1").tell(started())
    os.rename(file, f"{file}.aside")

    with pytest.raises(StoreUnavailable, match="moved, deleted or replaced"):
        await story.tell(succeeded("build"))

    os.rename(f"{file}.aside", file)
    await story.tell(succeeded("build"))
    assert len(await database.runs.history("r1")) == 2


async def test_another_file_in_its_place_takes_no_writes_either(database, file):
    story = await Story(database.runs, "r1").tell(started())
    os.rename(file, f"{file}.aside")
    os.close(os.open(file, os.O_CREAT))

    with pytest.raises(StoreUnavailable, match="start OpStream again"):
        await story.tell(succeeded("build"))


async def test_a_unit_with_a_fault_of_its_own_fails_alone(database):
    def faulty(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO deliveries (key, at) VALUES ('half', 1)")
        connection.execute("INSERT INTO facts (run_id) VALUES ('nobody')")

    results = await asyncio.gather(
        Story(database.runs, "r1").tell(started()),
        database.writer.write(faulty),
        database.writer.write(lambda connection: {}["missing"]),
        Story(database.runs, "r2").tell(started()),
        return_exceptions=True,
    )

    assert [type(result).__name__ for result in results] == [
        "Story",
        "IntegrityError",
        "KeyError",
        "Story",
    ]
    assert await database.deliveries.first_time("half", started().at)


async def test_a_caller_who_went_away_stops_nobody(database):
    story = Story(database.runs, "r1")
    gone = asyncio.create_task(story.tell(started()))
    await asyncio.sleep(0)
    gone.cancel()

    await Story(database.runs, "r2").tell(started())

    assert gone.cancelled() or gone.done()
    assert await database.runs.history("r2") == [started()]


async def test_closing_writes_what_is_queued_and_then_refuses(tmp_path):
    database = await Database.open(tmp_path)
    tellings = [
        asyncio.create_task(Story(database.runs, f"r{n}").tell(started())) for n in range(50)
    ]
    await asyncio.sleep(0)

    await database.close()

    await asyncio.gather(*tellings)
    with pytest.raises(StoreUnavailable, match="stopping"):
        await Story(database.runs, "late").tell(started())
    again = await Database.open(tmp_path)
    assert len(await again.runs.unfinished()) == 50
    await again.close()
