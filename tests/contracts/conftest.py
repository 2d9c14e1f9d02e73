"""Every adapter that a contract suite runs against."""

import pytest

from opstream.adapters.store.database import Database


@pytest.fixture(params=["sqlite"])
async def database(request, tmp_path):
    """An empty database; PostgreSQL joins here, with the same attributes."""
    opened = await Database.open(tmp_path / "data")
    yield opened
    await opened.close()
