"""What was done to the estate, by its own append-only record."""

from datetime import UTC, datetime
from pathlib import Path

from opstream.playground.estate.store import Change, Store


def changes(data: Path) -> list[Change]:
    """Return every write that the estate carried out, oldest first."""
    store = Store(data / "estate", datetime.now(UTC))  # noqa: TID251 - it is a real estate
    try:
        return store.changes()
    finally:
        store.close()
