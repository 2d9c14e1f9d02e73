"""How this process is doing, put together from its parts."""

from collections.abc import Awaitable, Callable

from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.stores import Stores
from opstream.ports import ChatVitals, Operations, Vitals


class Pulse:
    """Asks the parts.

    Args:
        local: The queue of this process.
    """

    def __init__(self, stores: Stores, local: SchedulerQueue, operations: Operations) -> None:
        self._stores = stores
        self._local = local
        self._operations = operations
        self._chat: Callable[[], Awaitable[ChatVitals]] | None = None

    def hear(self, chat: Callable[[], Awaitable[ChatVitals]]) -> None:
        """Say who knows how the connection to the chat is doing."""
        self._chat = chat

    async def take(self) -> Vitals:
        """Return how the process is doing."""
        return Vitals(
            trouble=await self._stores.trouble(),
            waiting=self._local.waiting,
            under_way=self._local.under_way,
            last_look_at=self._local.last_look_at,
            sources=self._operations.sources(),
            chat=await self._chat() if self._chat else None,
        )
