"""What all tests share: a new database is a copy of one that was migrated once, which saves half a minute."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from opstream.adapters.store import migrate


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory) -> Iterator[None]:
    """Bring the schema to a file by migrations once, and copy that wherever a file is missing."""
    migrated, really = tmp_path_factory.mktemp("schema") / "migrated.db", migrate.to_head
    really(migrated, timedelta(seconds=5))

    def to_head(path: Path, busy_timeout: timedelta) -> None:
        if not path.exists():
            shutil.copyfile(migrated, path)
        really(path, busy_timeout)

    patch = pytest.MonkeyPatch()
    patch.setattr(migrate, "to_head", to_head)
    yield
    patch.undo()
