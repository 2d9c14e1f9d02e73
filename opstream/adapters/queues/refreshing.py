"""What a process knows of the workflows, kept up to date with what other processes publish.

The database tells by a note that something was published (see the migrations), whoever did it. Notes may be
lost, so it is also looked up now and then.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from opstream.adapters.queues.ending import end
from opstream.adapters.queues.notes import Notes
from opstream.errors import StoreUnavailable

log = structlog.get_logger(__name__)

Refresh = Callable[[], Awaitable[object]]

_PUBLISHED = "opstream_published"
_ANYWAY = timedelta(seconds=30)
_AGAIN_SECONDS = 1.0


class Refreshing:
    """Looks up what was published whenever a note says so; to be made before the notes are started.

    Args:
        refresh: Looks it up.
        anyway: After so long it is looked up without a note.
    """

    def __init__(self, notes: Notes, refresh: Refresh, anyway: timedelta = _ANYWAY) -> None:
        self._refresh = refresh
        self._anyway = anyway.total_seconds()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        notes.hear(_PUBLISHED, lambda _: self._news.set())
        notes.on_return(self._news.set)

    def start(self) -> None:
        """Begin with a look, as something may have been published since the workflows were read."""
        self._news.set()
        self._task = asyncio.create_task(self._keep_looking(), name="refreshing")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            await end([self._task])

    async def _keep_looking(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._anyway):
                    await self._news.wait()
            self._news.clear()
            try:
                await self._refresh()
            except StoreUnavailable as error:
                log.warning("workflows_not_refreshed", reason=str(error))
                self._news.set()
                await asyncio.sleep(_AGAIN_SECONDS)
