"""Writes to SQLite: one thread with one connection, which commits in groups.

Each unit of a group has a savepoint of its own: one that loses a race is undone alone. When the database
itself fails, nothing of the group stands, everybody in it is told so, and the writer goes on.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar, cast

from opstream.adapters.store import failures, sqlite_commits
from opstream.adapters.store.commits import Commit
from opstream.adapters.store.groups import Failed, Groups, Job
from opstream.adapters.store.session import Answer, Session
from opstream.adapters.store.statements import Row, Statement
from opstream.errors import OpStreamError, StoreUnavailable

T = TypeVar("T")
Unit: TypeAlias = Callable[[sqlite3.Connection], T]

# What a unit may do wrong by itself; anything else is a fault of the database or of the writer.
OWN_FAULTS = (
    OpStreamError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
)
_UNIT_FAULTS = (*OWN_FAULTS, *failures.OWN_FAULT)


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


class _Session:
    """The writer's transaction as the stores know it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: Statement, row: Row) -> Answer:
        """Execute a statement."""
        return self._connection.execute(statement.sqlite, row)


class Writer(Groups):
    """Takes units of work and writes them, several to a transaction.

    Args:
        busy_timeout: How long a group waits for another program's lock.
    """

    def __init__(
        self, path: Path, busy_timeout: timedelta, durability: Durability = "full"
    ) -> None:
        super().__init__()
        self._path = path
        self._connect = partial(connect, path, busy_timeout, durability)
        self._connection = self._connect()
        self._file = _identity(path)
        self._thread.start()

    async def write(self, unit: Unit[T]) -> T:
        """Do a unit of work in a transaction and return what it returns, once that is durable.

        The unit runs in the writer's thread and shares its transaction with others. A caller who is
        cancelled while waiting cannot know whether it was done.

        Raises:
            StoreUnavailable: locked, full or gone; nothing was written.
        """
        return cast(T, await self.submit(unit))

    async def commit(self, commit: Commit) -> None:
        """Write facts with all that follows from them; errors as `RunStore.commit`."""
        await self.write(lambda connection: sqlite_commits.write(connection, commit))

    async def execute(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Execute one statement for each row, durably; errors as `write`."""

        def unit(connection: sqlite3.Connection) -> int:
            return connection.executemany(statement.sqlite, rows).rowcount

        return await self.write(unit)

    async def change(self, unit: Callable[[Session], T]) -> T:
        """Have something read and written in one transaction; errors as `write`."""
        return await self.write(lambda connection: unit(_Session(connection)))

    def _leave(self) -> None:
        self._connection.close()

    def _write(self, batch: Sequence[Job]) -> Sequence[object]:
        """Write a batch in one transaction and return, in order, what came of each unit."""
        try:
            if _identity(self._path) != self._file:
                raise failures.gone(self._path)
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._attempt(job.unit) for job in batch]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._recover()
            return [Failed(failures.unavailable(error, self._path)) for _ in batch]
        except StoreUnavailable as error:
            return [Failed(error) for _ in batch]
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
            outcome = Failed(error)
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
