"""A wired install: its services, and what is started and stopped with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from opstream.adapters.connectors.openapi.registry import ApiRegistry
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.stores import Stores
from opstream.adapters.timetable import SchedulerTimetable
from opstream.bootstrap.models import Thinking
from opstream.bootstrap.pulse import Pulse
from opstream.notifications.lookout import Lookout
from opstream.notifications.rounds import Rounds
from opstream.notifications.runs import TellingMessenger
from opstream.ports import ChatVitals, Vitals
from opstream.services import Services

if TYPE_CHECKING:  # what only some installs need is imported late
    from opstream.adapters.stores import AnyQueue


@dataclass(frozen=True, slots=True)
class Install:
    """A wired install: its services, and what has to be started and stopped with it."""

    services: Services
    _stores: Stores
    _servers: McpRegistry
    _queue: "AnyQueue"
    _timetable: SchedulerTimetable
    _rounds: Rounds
    _lookout: Lookout
    _pulse: Pulse
    _telling: TellingMessenger
    _thinking: Thinking
    _apis: ApiRegistry

    async def start(self) -> None:
        """Take up every run where it was left, and start the tools; returns at once.

        Raises:
            StoreUnavailable: the database that it shares with others cannot be reached.
        """
        await self.start_tools()
        await self._stores.join()
        self._queue.start()
        if self._stores.works:
            await self._timetable.start()
        if self._stores.shared is not None:
            self._rounds.start()
        self._lookout.start()

    async def start_tools(self) -> None:
        """Start the tools alone, so that one can ask what they offer."""
        await self._servers.start()
        await self._apis.start()

    async def look_around(self) -> None:
        """Look at every run that is due now, without waiting for the alarm or the sweep."""
        await self._timetable.sweep()

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Stop looking at runs, then the tools; nothing is lost.

        Args:
            grace: How long calls under way may still take before they are cancelled.
        """
        await self._lookout.stop()
        await self._rounds.stop()
        await self._timetable.stop()
        await self._queue.stop(grace)
        await self._telling.close(grace)
        await self._thinking.close()
        await self._servers.stop()
        await self._apis.stop()

    def hear(self, chat: Callable[[], Awaitable[ChatVitals]]) -> None:
        """Say who knows how the connection to the chat is doing."""
        self._pulse.hear(chat)

    async def vitals(self) -> Vitals:
        """Return how this process is doing."""
        return await self._pulse.take()
