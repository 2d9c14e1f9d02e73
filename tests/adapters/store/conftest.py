"""A database on SQLite that does not wait long for others."""

from datetime import timedelta

import pytest

from opstream.adapters.store.database import Database


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(tmp_path, busy_timeout=timedelta(milliseconds=20))
    yield opened
    await opened.close()


@pytest.fixture
def file(tmp_path, database):
    """The database's file, while it is open."""
    return tmp_path / "opstream.db"
