"""Waits for runs: a messenger whose reader is a program."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from opstream.domain.operation import Progress
from opstream.domain.run import RunView
from opstream.face import results

OnProgress = Callable[[str, str, Progress], None]
Look = Callable[[str], Awaitable[RunView]]
Family = tuple[RunView, ...]


class Watcher:
    """Hears what runs do, and lets others wait until one stands still.

    Args:
        on_progress: Called with the run, the step and how far it is.
    """

    def __init__(self, on_progress: OnProgress | None = None) -> None:
        self._on_progress = on_progress
        self._seen: dict[str, RunView] = {}  # runs that have not ended, as they were shown last
        self._waiting: dict[str, list[asyncio.Event]] = {}

    def show(self, view: RunView) -> None:
        """Remember a run's newest state; wake who waits for it, or for the one that started it."""
        run = view.run
        self._seen[run.id] = view
        if run.status.ended:
            del self._seen[run.id]
        for event in self._waiting.get(run.id, ()):
            event.set()
        above = run.parent
        while above is not None:
            for event in self._waiting.get(above.run, ()):
                event.set()
            parent = self._seen.get(above.run)
            above = parent.run.parent if parent is not None else None

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Tell how far a step is."""
        if self._on_progress is not None:
            self._on_progress(run_id, step, progress)

    async def still(self, run_id: str, look: Look, within: timedelta | None = None) -> Family:
        """Wait until a run has ended or nothing more happens without a person.

        Args:
            look: Returns a run as it is stored.
            within: After it the run is returned as it is.

        Returns:
            The run, then those that it started and waits for.
        """
        changed = asyncio.Event()
        self._waiting.setdefault(run_id, []).append(changed)
        limit = within.total_seconds() if within is not None else None
        family = await self._family(run_id, look, first=True)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(limit):
                    while not results.stands_still(family):
                        await changed.wait()
                        changed.clear()
                        family = await self._family(run_id, look)
        finally:
            self._waiting[run_id].remove(changed)
            if not self._waiting[run_id]:
                del self._waiting[run_id]
        return family

    async def family(self, run_id: str, look: Look) -> Family:
        """Return a run as it is now, then those that it started and waits for."""
        return await self._family(run_id, look, first=True)

    async def _family(self, run_id: str, look: Look, *, first: bool = False) -> Family:
        """Look at a run and those that it waits for.

        Args:
            first: What a person did to it may not have been shown yet.
        """
        view = self._seen.get(run_id)
        if view is None or first:
            stored = await look(run_id)
            seen = self._seen.get(run_id)
            is_newer = seen is not None and seen.run.version >= stored.run.version
            view = seen if seen is not None and is_newer else stored
        children = [state.child for state in view.run.open.values() if state.child]
        inner = [await self._family(child, look, first=first) for child in children]
        return (view, *(one for family in inner for one in family))
