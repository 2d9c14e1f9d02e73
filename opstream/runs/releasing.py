"""Lets queued runs begin: a duty of runs that end, and of the timetable, so that none is forgotten."""

from datetime import UTC, datetime

from opstream.definitions.catalog import Catalog
from opstream.errors import NotFound
from opstream.ports import Defaults, RunStore
from opstream.runs import overlap
from opstream.runs.journal import Loaded
from opstream.runs.starting import Starter

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Release:
    """Gives the place of an ended run to one that waits for it; to do it twice changes nothing."""

    def __init__(
        self, store: RunStore, starter: Starter, catalog: Catalog, defaults: Defaults
    ) -> None:
        self._store = store
        self._starter = starter
        self._catalog = catalog
        self._defaults = defaults

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether the end of this run can make room for another."""
        limited = overlap.room_for(loaded.workflow, loaded.run.by, self._defaults) is not None
        return limited and loaded.run.status.ended

    async def do(self, loaded: Loaded) -> None:
        """Release what there is room for now."""
        await self._release()

    async def next_at(self) -> datetime | None:
        """Return the past while runs are queued: whenever somebody looks, it is time to try."""
        return _LONG_AGO if await self._store.with_room() else None

    async def tick(self, now: datetime) -> None:
        """Release what was forgotten when a process died between a run's end and its duty."""
        await self._release()

    async def _release(self) -> None:
        """Go through the workflows with queued runs, those of high priority first."""
        for workflow_id in sorted(await self._store.with_room(), key=self._rank):
            await self._starter.release(workflow_id)

    def _rank(self, workflow_id: str) -> int:
        try:
            return -self._catalog.latest(workflow_id).limits.priority
        except NotFound:
            return 0
