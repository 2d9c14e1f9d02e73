"""Writes to PostgreSQL: one thread with one connection, which commits in groups.

A group of commits is one statement and one round trip (`commits.py`). A run that needs room, or a line of
the audit trail, costs another one or two, because something must be locked and read first. What fails for
a reason of its own is found by writing each unit of the group by itself.

The connection may break at any moment, and then nobody knows whether the group was written. So it is made
again, and the group written again: a commit that does not find its version any more looks whether the facts
that are in its place are its own. Only when the server stays away for too long are callers told that
nobody knows.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar, cast

import psycopg
from psycopg import Connection

from opstream.adapters.store.commits import Commit
from opstream.adapters.store.groups import Failed, Groups, Job
from opstream.adapters.store.postgres import failures
from opstream.adapters.store.postgres.change import Change
from opstream.adapters.store.postgres.group import Execution, Group, LeaveJobs, stands
from opstream.adapters.store.session import Unit
from opstream.adapters.store.statements import Row, Statement
from opstream.adapters.store.writer import OWN_FAULTS
from opstream.errors import StoreUnavailable

T = TypeVar("T")
_FIRST_WAIT_SECONDS = 0.05
_LONGEST_WAIT_SECONDS = 1.0
_TRIES = 5  # of what met other transactions in the wrong order


class PostgresWriter(Groups):
    """Takes what is to be written, and writes it, several to a transaction.

    Args:
        connect: Opens a connection.
        me: The name by which this process claims runs.
        patience: How long the server may stay away before callers are told.

    Attributes:
        leave_jobs: What leaves jobs for other processes in the transaction of the facts; called in the
            writer's thread.
    """

    def __init__(
        self,
        connect: Callable[[], "Connection[Any]"],
        failures: failures.Failures,
        me: str,
        patience: timedelta,
    ) -> None:
        super().__init__()
        self.leave_jobs: LeaveJobs | None = None
        self._connect = connect
        self._failures = failures
        self._me = me
        self._patience = patience.total_seconds()
        self._connection: Connection[Any] | None = connect()
        self._thread.start()

    async def commit(self, commit: Commit) -> None:
        """Write facts with all that follows from them; errors as `RunStore.commit`."""
        await self.submit(commit)

    async def execute(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Execute one statement for each row, durably; return how many rows the last one touched.

        It may be executed twice, when the connection breaks.
        """
        return cast(int, await self.submit(Execution(statement, rows)))

    async def ask(self, statement: Statement, row: Row) -> Sequence[Any] | None:
        """Execute a statement that gives a row, or none, durably; it may be executed twice."""
        return cast(Sequence[Any] | None, await self.submit(Execution(statement, [row])))

    async def change(self, unit: Unit[T]) -> T:
        """Have something read and written in one transaction, by one process at a time."""
        return cast(T, await self.submit(Change(unit)))

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _write(self, batch: Sequence[Job]) -> Sequence[object]:
        units = [job.unit for job in batch]
        outcomes: dict[int, object] = {}
        for places in _groups(units):
            found = self._write_group([units[place] for place in places])
            outcomes.update(zip(places, found, strict=True))
        for place, unit in enumerate(units):
            if isinstance(unit, Change):
                outcomes[place] = self._write_change(unit)
        return [outcomes[place] for place in range(len(units))]

    def _write_change(self, change: Change) -> object:
        try:
            return self._insist(lambda connection, _: change.write(connection))
        except (psycopg.Error, *OWN_FAULTS) as error:
            self._roll_back()
            return Failed(error)

    def _write_group(self, units: Sequence[Commit | Execution]) -> Sequence[object]:
        """Write units in one transaction, or each in its own if one of them makes it fail."""
        try:
            outcomes = self._insist(
                lambda connection, doubtful: self._attempt(connection, units, doubtful)
            )
        except StoreUnavailable as error:
            return [Failed(error) for _ in units]
        except (psycopg.Error, *OWN_FAULTS) as error:
            self._roll_back()
            if len(units) == 1:
                return [Failed(error)]
            return [self._write_group([unit])[0] for unit in units]
        self.transactions += 1
        self.units += len(units)
        return outcomes

    def _attempt(
        self, connection: "Connection[Any]", units: Sequence[Commit | Execution], doubtful: bool
    ) -> list[object]:
        """Write a group once; `doubtful` says that it may have been written before."""
        outcomes = Group(units, self._me, self.leave_jobs).write(connection)
        if not doubtful:
            return outcomes
        return [
            None
            if isinstance(one, Commit) and isinstance(came, Failed) and stands(connection, one)
            else came
            for one, came in zip(units, outcomes, strict=True)
        ]

    def _insist(self, attempt: Callable[["Connection[Any]", bool], T]) -> T:
        """Do something on a connection, again on another one each time that it breaks.

        Raises:
            StoreUnavailable: the server does not come back, or cannot write now.
            psycopg.Error: a fault of what was attempted.
        """
        until = time.monotonic() + self._patience
        wait, tries, doubtful = _FIRST_WAIT_SECONDS, 0, False
        while True:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                return attempt(self._connection, doubtful)
            except psycopg.Error as error:
                if failures.is_own_fault(error):
                    raise
                tries += isinstance(error, failures.PASSING)
                lost = failures.is_lost(error)
                if not lost and (not isinstance(error, failures.PASSING) or tries == _TRIES):
                    self._roll_back()
                    raise self._failures.unavailable(error) from error
                doubtful = doubtful or (lost and self._connection is not None)
                self._roll_back(lost)
                if lost and (self._closed or time.monotonic() >= until):
                    told = self._failures.unknown if doubtful else self._failures.unavailable
                    raise told(error) from error
            time.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)

    def _roll_back(self, lost: bool = False) -> None:
        """Undo what a failed transaction left, and give up a connection that is beyond help."""
        if self._connection is None:
            return
        try:
            if not lost:
                self._connection.rollback()
                return
        except psycopg.Error:
            pass
        with contextlib.suppress(psycopg.Error):
            self._connection.close()
        self._connection = None


def _groups(units: Sequence[object]) -> list[list[int]]:
    """Return the places of commits and statements, group by group: of each run one commit a group."""
    groups: list[list[int]] = []
    reached: dict[str, int] = {}
    for place, unit in enumerate(units):
        if isinstance(unit, Change):
            continue
        number = 0
        if isinstance(unit, Commit):
            number = reached.get(unit.run["id"], -1) + 1
            reached[unit.run["id"]] = number
        if number == len(groups):
            groups.append([])
        groups[number].append(place)
    return groups
