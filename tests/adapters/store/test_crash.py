"""What stands after the worst: a process killed at any moment, a disk that is full, two owners."""

import asyncio
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from opstream.adapters.store.database import Database
from opstream.errors import AlreadyRunning, StoreUnavailable
from tests.contracts.stories import Story, started


async def start(*arguments: object) -> asyncio.subprocess.Process:
    return await start_python("-m", "tests.adapters.store.committer", *arguments)


async def start_python(*arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, *(str(one) for one in arguments), stdout=asyncio.subprocess.PIPE
    )


async def lines(process: asyncio.subprocess.Process) -> AsyncIterator[list[str]]:
    async for line in process.stdout:
        if line.endswith(b"\n"):  # the last one may have been cut short
            yield line.decode().split()


@pytest.mark.parametrize("after", [1, 1000])
async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path, after):
    process = await start(tmp_path)
    acknowledged: Counter[str] = Counter()
    seen = 0
    async for words in lines(process):
        if words == ["open"]:
            continue
        acknowledged[words[0]] = int(words[1])
        seen += 1
        if seen == after:
            process.kill()
    await process.wait()

    database = await Database.open(tmp_path)
    kept = {run_id: len(await database.runs.history(run_id)) for run_id in acknowledged}
    await database.close()

    assert acknowledged
    assert {run_id: kept[run_id] for run_id in kept if kept[run_id] < acknowledged[run_id]} == {}
    checked = sqlite3.connect(tmp_path / "opstream.db")
    assert checked.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert checked.execute("PRAGMA foreign_key_check").fetchall() == []
    checked.close()


async def test_a_disk_that_is_full_for_a_while_loses_and_halves_nothing(tmp_path):
    process = await start(tmp_path, 400_000)

    said = [words async for words in lines(process)]
    await process.wait()

    assert process.returncode == 0
    assert [words[0] for words in said] == ["open", "refused", "run_started"]
    assert "nothing was written." in " ".join(said[1])
    assert said[2] == ["run_started", "step_succeeded"]


async def test_a_second_process_is_told_which_one_owns_the_folder(tmp_path):
    program = (
        "import pathlib, sys, time\n"
        "from opstream.adapters.store.ownership import Ownership\n"
        "owned = Ownership.take(pathlib.Path(sys.argv[1]))\n"
        "print('open', flush=True)\n"
        "time.sleep(60)\n"
    )
    process = await start_python("-c", program, tmp_path)
    await anext(lines(process))

    with pytest.raises(AlreadyRunning, match=rf"as process {process.pid}\. Stop that one first"):
        await Database.open(tmp_path)

    process.kill()
    await process.communicate()
    await (await Database.open(tmp_path)).close()


async def test_one_process_cannot_open_a_folder_twice_either(tmp_path):
    database = await Database.open(tmp_path)

    with pytest.raises(AlreadyRunning):
        await Database.open(tmp_path)

    await Story(database.runs, "r1").tell(started())
    await database.close()


async def test_a_folder_that_is_a_file_cannot_be_used(tmp_path):
    (tmp_path / "data").write_text("")

    with pytest.raises(StoreUnavailable, match="choose another data folder"):
        await Database.open(tmp_path / "data")


async def test_a_file_that_is_no_database_is_refused_and_the_folder_given_back(tmp_path):
    (tmp_path / "opstream.db").write_text("this is a shopping list, and not a short one" * 99)

    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="put the last backup in its place"):
            await Database.open(tmp_path)
