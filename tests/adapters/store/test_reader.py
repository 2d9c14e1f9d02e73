import sqlite3
from datetime import timedelta

import pytest

from opstream.adapters.store.reader import Reader
from opstream.errors import StoreUnavailable
from tests.contracts.stories import Story, started


async def test_reads_go_on_while_another_program_holds_the_lock(database, file):
    await Story(database.runs, "r1").tell(started())
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    history = await database.runs.history("r1")

    other.close()
    assert history == [started()]


async def test_a_reader_cannot_write(database, file):
    reader = Reader.of_file(file, timedelta(seconds=1), threads=1)

    with pytest.raises(StoreUnavailable, match="may not be written"):
        await reader.read(
            lambda session: session.connection().exec_driver_sql("DELETE FROM runs").rowcount
        )

    await reader.close()


async def test_a_database_that_is_not_there_cannot_be_read(tmp_path):
    reader = Reader.of_file(tmp_path / "none.db", timedelta(seconds=1), threads=1)

    with pytest.raises(StoreUnavailable, match=r"cannot be opened\. Check that its folder exists"):
        await reader.read(lambda session: session.connection())

    await reader.close()
