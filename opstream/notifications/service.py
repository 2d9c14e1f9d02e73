"""Tells people what they should hear: to be called by whoever has something to say."""

from typing import Protocol

from opstream.domain.notification import Notice


class Telling(Protocol):
    """What takes notices."""

    async def tell(self, notice: Notice) -> None:
        """Let people hear of something."""


class Notifications:
    """Takes notices; each is kept durably before anybody hears of it, so none is lost or told twice."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling

    async def tell(self, notice: Notice) -> None:
        """Let the people whom it concerns hear of something, each as they prefer.

        The same key again changes nothing.

        Raises:
            StoreUnavailable: the database does not take it.
        """
        await self._telling.tell(notice)
