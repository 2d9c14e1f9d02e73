"""Group commit: a thread that takes all that was queued while it was busy, and writes it together.

Many runs so share one flush to the disk. Each thing in a group stands or falls alone: what that means,
and how a group is written, is the matter of the writer for each database.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from opstream.errors import StoreUnavailable

# A group this large is already paid for; a larger one would only make its first units wait.
_LARGEST = 128


@dataclass(frozen=True, slots=True)
class Job:
    """Something to write, and who waits for it."""

    unit: Any
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


@dataclass(frozen=True, slots=True)
class Failed:
    """What came of a unit that does not stand."""

    error: Exception


class Groups(ABC):
    """The thread and its queue.

    Attributes:
        transactions: How many groups were committed.
        units: How many units were in them.
    """

    def __init__(self) -> None:
        self.transactions = 0
        self.units = 0
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._work, name="opstream-writer", daemon=True)

    @abstractmethod
    def _write(self, batch: Sequence[Job]) -> Sequence[object]:
        """Write a group and return, in order, what came of each unit, `Failed` for those that fell."""

    @abstractmethod
    def _leave(self) -> None:
        """Give the connection back; called once, at the end, in the thread."""

    async def submit(self, unit: Any) -> Any:  # noqa: ANN401 - whatever the writer for a database takes
        """Have a unit written, and return what came of it once that is durable.

        A caller who is cancelled while waiting cannot know whether it was done.

        Raises:
            StoreUnavailable: nothing was written.
        """
        if self._closed or not self._thread.is_alive():
            raise StoreUnavailable("The database is closed because OpStream is stopping.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._queue.put(Job(unit, future, loop))
        return await future

    async def close(self) -> None:
        """Write what is queued and give the connection back."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        batch: list[Job] = []
        try:
            while batch := self._next_batch():
                _settle(batch, self._write(batch))
        finally:
            # Reached by `close`, and by a bug in a writer: then nobody may be left waiting.
            stopped = Failed(StoreUnavailable("The database writer has stopped; restart OpStream."))
            _settle(batch, [stopped] * len(batch))
            self._leave()

    def _next_batch(self) -> list[Job]:
        """Wait for a unit and take all that came with it; empty when the writer shall end."""
        first = self._queue.get()
        if first is None:
            return []
        batch = [first]
        with contextlib.suppress(Empty):
            while len(batch) < _LARGEST:
                job = self._queue.get_nowait()
                if job is None:
                    self._queue.put(None)  # ends the writer after this batch
                    break
                batch.append(job)
        return batch


def _settle(batch: Sequence[Job], outcomes: Sequence[object]) -> None:
    """Tell the callers, with one call into each event loop."""
    pairs = list(zip(batch, outcomes, strict=True))
    for loop in {job.loop for job in batch}:
        # A loop that is closed has no caller left to tell.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, [pair for pair in pairs if pair[0].loop is loop])


def _resolve(pairs: Sequence[tuple[Job, object]]) -> None:
    for job, outcome in pairs:
        if job.future.done():  # its caller was cancelled
            continue
        if isinstance(outcome, Failed):
            job.future.set_exception(outcome.error)
        else:
            job.future.set_result(outcome)
