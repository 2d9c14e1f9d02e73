"""The one writer: a thread with one connection, fed by a queue, that commits in groups.

All that is queued while a commit is under way goes into the next one, so many runs share one fsync.
Each unit has a savepoint of its own: one that loses a race is undone alone. When the database itself
fails, nothing of the group stands, everybody in it is told so, and the writer goes on.
"""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Literal, TypeVar

from opstream.adapters.store import failures
from opstream.errors import OpStreamError, StoreUnavailable

T = TypeVar("T")
Unit = Callable[[sqlite3.Connection], T]

# A group this large is already paid for; a larger one would only make its first units wait.
_LARGEST_GROUP = 128

# What a unit may do wrong by itself; anything else is a fault of the database or of the writer.
_UNIT_FAULTS = (
    OpStreamError,
    *failures.OWN_FAULT,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
)


Durability = Literal["full", "normal"]


def connect(
    path: Path, busy_timeout: timedelta, durability: Durability = "full"
) -> sqlite3.Connection:
    """Open the database for writing.

    Args:
        durability: With "full", what is acknowledged survives a power cut; with "normal" it survives
            the end of the process, and a power cut may take the last moments.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    connection = sqlite3.connect(
        path,
        timeout=busy_timeout.total_seconds(),
        isolation_level=None,  # we say BEGIN IMMEDIATE ourselves; the driver's own BEGIN loses updates
        check_same_thread=False,  # opened in one thread, then used in the writer's alone
    )
    for pragma in ("journal_mode=WAL", f"synchronous={durability}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


@dataclass(frozen=True, slots=True)
class _Job:
    unit: Unit[Any]
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


class Writer:
    """Takes units of work and writes them, several to a transaction.

    Args:
        busy_timeout: How long a group waits for another program's lock.

    Attributes:
        transactions: How many groups were committed.
        units: How many units were in them.
    """

    def __init__(
        self, path: Path, busy_timeout: timedelta, durability: Durability = "full"
    ) -> None:
        self.transactions = 0
        self.units = 0
        self._path = path
        self._connect = partial(connect, path, busy_timeout, durability)
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        self._connection = self._connect()
        self._file = _identity(path)
        self._thread = Thread(target=self._work, name="opstream-writer", daemon=True)
        self._thread.start()

    async def write(self, unit: Unit[T]) -> T:
        """Do a unit of work in a transaction and return what it returns, once that is durable.

        The unit runs in the writer's thread and shares its transaction with others. A caller who is
        cancelled while waiting cannot know whether it was done.

        Raises:
            StoreUnavailable: locked, full or gone; nothing was written.
        """
        self._refuse_if_closed()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Job(unit, future, loop))
        return await future

    async def execute(self, sql: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Execute one statement for each row, durably; errors as `write`."""

        def unit(connection: sqlite3.Connection) -> None:
            connection.executemany(sql, rows)

        await self.write(unit)

    async def close(self) -> None:
        """Write what is queued and give the file back."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _refuse_if_closed(self) -> None:
        if self._closed or not self._thread.is_alive():
            raise StoreUnavailable("The database is closed because OpStream is stopping.")

    def _work(self) -> None:
        batch: list[_Job] = []
        try:
            while batch := self._next_batch():
                _settle(batch, self._write(batch))
        finally:
            # Reached by `close`, and by a bug in this file: then nobody may be left waiting.
            stopped = [
                _Failed(StoreUnavailable("The database writer has stopped; restart OpStream."))
            ]
            _settle(batch, stopped * len(batch))
            self._connection.close()

    def _next_batch(self) -> list[_Job]:
        """Wait for a unit and take all that came with it; empty when the writer shall end."""
        first = self._queue.get()
        if first is None:
            return []
        batch = [first]
        with contextlib.suppress(Empty):
            while len(batch) < _LARGEST_GROUP:
                job = self._queue.get_nowait()
                if job is None:
                    self._queue.put(None)  # ends the writer after this batch
                    break
                batch.append(job)
        return batch

    def _write(self, batch: Sequence[_Job]) -> Sequence[object]:
        """Write a batch in one transaction and return, in order, what came of each unit."""
        try:
            if _identity(self._path) != self._file:
                raise failures.gone(self._path)
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._attempt(job.unit) for job in batch]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._recover()
            return [_Failed(failures.unavailable(error, self._path)) for _ in batch]
        except StoreUnavailable as error:
            return [_Failed(error) for _ in batch]
        self.transactions += 1
        self.units += len(batch)
        return outcomes

    def _attempt(self, unit: Unit[Any]) -> object:
        """Do one unit; a fault of its own undoes it alone, one of the database undoes the batch."""
        self._connection.execute("SAVEPOINT unit")
        try:
            outcome: object = unit(self._connection)
        except _UNIT_FAULTS as error:
            self._connection.execute("ROLLBACK TO unit")
            outcome = _Failed(error)
        self._connection.execute("RELEASE unit")
        return outcome

    def _recover(self) -> None:
        """Undo what a failed transaction left, on a new connection if this one is beyond help."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
                self._connection = self._connect()


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one at the same place; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _settle(batch: Sequence[_Job], outcomes: Sequence[object]) -> None:
    """Tell the callers, with one call into each event loop."""
    pairs = list(zip(batch, outcomes, strict=True))
    for loop in {job.loop for job in batch}:
        # A loop that is closed has no caller left to tell.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, [pair for pair in pairs if pair[0].loop is loop])


def _resolve(pairs: Sequence[tuple[_Job, object]]) -> None:
    for job, outcome in pairs:
        if job.future.done():  # its caller was cancelled
            continue
        if isinstance(outcome, _Failed):
            job.future.set_exception(outcome.error)
        else:
            job.future.set_result(outcome)
