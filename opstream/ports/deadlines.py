"""Time limits and places of calls, which stand still and free while a person is waited for.

Whoever limits a call opens a limit here; whoever asks a person in the middle of one stops all limits that hold
for it. They are found by the context of the task, or handed on by who took note of them.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Protocol


class Stoppable(Protocol):
    """Something that a call uses up while it works, and not while it waits for a person."""

    def pause(self) -> None:
        """Stop using it up."""

    async def regain(self) -> None:
        """Wait for it where others have it by now."""

    def resume(self) -> None:
        """Use it again."""


class _Limit:
    """A time limit; several may wait at once."""

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout
        self._pauses = 0
        self._left: float | None = None

    def pause(self) -> None:
        self._pauses += 1
        when = self._timeout.when()
        if self._pauses == 1 and when is not None and not self._timeout.expired():
            self._left = when - asyncio.get_running_loop().time()
            self._timeout.reschedule(None)

    async def regain(self) -> None:
        pass  # time is always there

    def resume(self) -> None:
        self._pauses -= 1
        if not self._pauses and self._left is not None:
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._left)
            self._left = None


class _Place:
    """A place among the calls that may be under way at once."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._pauses = 0
        self.held = False

    def pause(self) -> None:
        self._pauses += 1
        if self.held:
            self.held = False
            self._places.release()

    async def regain(self) -> None:
        if self._pauses == 1 and not self.held:
            await self.take()

    def resume(self) -> None:
        self._pauses -= 1

    async def take(self) -> None:
        await self._places.acquire()
        self.held = True

    def leave(self) -> None:
        if self.held:
            self.held = False
            self._places.release()


_STOPPABLE: ContextVar[tuple[Stoppable, ...]] = ContextVar("stoppable", default=())


@asynccontextmanager
async def limit(seconds: float | None) -> AsyncIterator[None]:
    """Bound the time of a block; None bounds nothing.

    Raises:
        TimeoutError: it took longer, waiting for people not counted.
    """
    async with asyncio.timeout(seconds) as timeout:
        token = _STOPPABLE.set((*_STOPPABLE.get(), _Limit(timeout)))
        try:
            yield
        finally:
            _STOPPABLE.reset(token)


@asynccontextmanager
async def place(places: asyncio.Semaphore) -> AsyncIterator[None]:
    """Hold one of several places for a block, but not while it waits for people."""
    mine = _Place(places)
    await mine.take()
    token = _STOPPABLE.set((*_STOPPABLE.get(), mine))
    try:
        yield
    finally:
        _STOPPABLE.reset(token)
        mine.leave()


def current() -> tuple[Stoppable, ...]:
    """Return what holds for the call that is under way here."""
    return _STOPPABLE.get()


@asynccontextmanager
async def stopped(what: Sequence[Stoppable]) -> AsyncIterator[None]:
    """Stop limits and free places while a block waits for a person."""
    for one in what:
        one.pause()
    try:
        yield
    finally:
        try:
            for one in what:
                await one.regain()
        finally:  # who is cancelled meanwhile is bound by time again
            for one in what:
                one.resume()
