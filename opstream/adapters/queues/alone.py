"""The messenger of an install that is one process: what happens here is shown from here."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from opstream.domain.operation import Progress
from opstream.domain.run import RunView
from opstream.ports import Messenger

ViewOf = Callable[[str], Awaitable[RunView]]


class Chat(Messenger, Protocol):
    """A messenger that is connected to the chat."""

    async def catch_up(self, view_of: ViewOf) -> None:
        """Show every run whose messages may be behind."""

    async def drain(self, deadline: timedelta) -> bool:
        """Take nothing new, finish what is under way, and return whether all of it was shown."""


class ChatMessenger(Messenger, Protocol):
    """The messenger of a process that is connected to the chat, whether or not there are others."""

    async def start(self, view_of: ViewOf) -> None:
        """Begin to show, with what happened while nobody did."""

    async def stop(self, deadline: timedelta) -> None:
        """Finish what is being shown, within a deadline."""


class Alone:
    """Shows everything itself."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def show(self, view: RunView) -> None:
        """Show a run's newest state."""
        self._chat.show(view)

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show how far a step under way is."""
        self._chat.progress(run_id, step, progress)

    async def start(self, view_of: ViewOf) -> None:
        """Show every run whose messages may be behind."""
        await self._chat.catch_up(view_of)

    async def stop(self, deadline: timedelta) -> None:
        """Finish what is being shown, within a deadline; the next start catches up with the rest."""
        await self._chat.drain(deadline)
