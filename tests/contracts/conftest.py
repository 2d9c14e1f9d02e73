"""Every adapter that a contract suite runs against."""

from datetime import timedelta

import pytest

from opstream.adapters.store.database import Database
from opstream.adapters.store.postgres.database import PostgresDatabase
from tests import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request, tmp_path):
    """An empty database."""
    if request.param == "sqlite":
        opened = await Database.open(tmp_path / "data")
    else:
        opened = await PostgresDatabase.open(
            postgres.cleared_database(), me="here", patience=timedelta(seconds=1)
        )
    yield opened
    await opened.close()
