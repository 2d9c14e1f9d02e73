"""Looks again and again for notices that are due, where the timetable may be another process's."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from opstream.errors import StoreUnavailable
from opstream.notifications.dispatcher import Dispatcher
from opstream.ports import Clock

log = structlog.get_logger(__name__)
_EVERY_SECONDS = 5.0


class Rounds:
    """Brings a dispatcher to what other processes wrote down."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._dispatcher = dispatcher
        self._clock = clock
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look(), name="notices-look")

    async def stop(self) -> None:
        """End it; what is in hand is taken up again later."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            try:
                await self._dispatcher.tick(self._clock.now())
            except StoreUnavailable as error:
                log.warning("notices_wait", reason=str(error))
            await self._sleep(_EVERY_SECONDS)
