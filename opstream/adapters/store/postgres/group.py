"""A group of things to write, and the one transaction that writes it.

All statements are sent without waiting for answers, except where an answer is needed to go on: what is
counted for room, and which commits won, so that only they get a line in the audit trail.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from psycopg import Connection, Cursor

from opstream.adapters.store import approvals, audit, sealing
from opstream.adapters.store.commits import Commit, moved_on, no_room
from opstream.adapters.store.groups import Failed
from opstream.adapters.store.postgres import commits as writing
from opstream.adapters.store.postgres import locks, rooms
from opstream.adapters.store.postgres.recordsets import columns, packed, recordset
from opstream.adapters.store.statements import Row, Statement
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_people import AuditRow
from opstream.domain.approval import Verdict
from opstream.errors import NotOwner, TooLate
from opstream.ports import UnitOfWork

LeaveJobs: TypeAlias = Callable[[Sequence[UnitOfWork]], tuple[str, Sequence[object]] | None]
"""Returns the statement, with its values, that leaves jobs for what is being committed, or None."""

_NO_ROOM = "no room"
_OPEN = Verdict.OPEN.value
_AUDIT = table(AuditRow)
_ADD_AUDIT = (
    f"INSERT INTO audit ({columns(_AUDIT)}) SELECT {columns(_AUDIT)} "
    f"FROM {recordset('entries', _AUDIT)}"
)
_FIND_APPROVALS = "SELECT id, verdict, by_name, settled_at FROM approvals WHERE id = ANY (%s)"
_FIND_FACTS = "SELECT body FROM facts WHERE run_id = %s AND seq > %s AND seq <= %s ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Execution:
    """A statement, executed for each of some rows.

    Its outcome is how many rows the last one touched, or the row that it gave where it gives one.
    """

    statement: Statement
    rows: Sequence[Row]


class Group:
    """Commits of different runs, and statements besides.

    Args:
        me: The name by which this process claims runs.
    """

    def __init__(
        self, units: Sequence[Commit | Execution], me: str, leave_jobs: LeaveJobs | None
    ) -> None:
        self._units = units
        self._commits = [one for one in units if isinstance(one, Commit)]
        self._executions = [one for one in units if isinstance(one, Execution)]
        self._me = me
        self._leave_jobs = leave_jobs
        self._candidates: Sequence[Commit] = self._commits
        self._judged: Cursor[Any] | None = None
        self._jobs: tuple[str, Sequence[object]] | None = None
        self._cursors: list[Cursor[Any]] = []
        self._verdicts: dict[str, str] = {}  # by run; a group has one commit of each at most

    def write(self, connection: "Connection[Any]") -> list[object]:
        """Write all that stands, durably, and return what came of each unit.

        Raises:
            psycopg.Error: nothing stands, or nobody knows because the connection broke.
        """
        wanted = locks.of_commits(self._commits)
        self._jobs = None if wanted else self._jobs_of(self._commits)
        if wanted or self._executions or self._jobs:
            with connection.pipeline():
                connection.execute("BEGIN")
                self._write_by_and_by(connection, wanted)
                connection.execute("COMMIT")
        else:  # a statement by itself is a transaction
            self._judged = connection.execute(*writing.statement(self._commits, self._me))
        self._note()
        before = self._found_too_late(connection)
        came = (_came_of(cursor) for cursor in self._cursors)
        return [
            self._outcome(one, before) if isinstance(one, Commit) else next(came)
            for one in self._units
        ]

    def _write_by_and_by(self, connection: "Connection[Any]", wanted: Sequence[int]) -> None:
        last = self._lock(connection, wanted) if wanted else None
        self._candidates = [one for one in self._commits if one.run["id"] not in self._verdicts]
        if self._candidates:
            if wanted:
                self._jobs = self._jobs_of(self._candidates)
            self._judged = connection.execute(*writing.statement(self._candidates, self._me))
        if self._jobs is not None:
            text, values = self._jobs
            connection.execute(text.encode(), values)
        self._cursors = [_execute(connection, one) for one in self._executions]
        if last is not None:
            self._note()
            self._write_audit(connection, last)

    def _lock(self, connection: "Connection[Any]", wanted: Sequence[int]) -> "Cursor[Any]":
        """Lock what must be and refuse what has no room; return where the audit trail ends."""
        connection.execute(locks.LOCK, (wanted,))
        last = connection.execute(audit.LAST.postgresql.encode())
        if any(one.room is not None for one in self._commits):
            asked = rooms.parameters(self._commits)
            active = connection.execute(rooms.COUNT.encode(), asked).fetchall()
            for one in rooms.refused(self._commits, dict(active)):
                self._verdicts[one.run["id"]] = _NO_ROOM
        return last

    def _jobs_of(self, commits: Sequence[Commit]) -> tuple[str, Sequence[object]] | None:
        if self._leave_jobs is None or not commits:
            return None
        return self._leave_jobs([one.work for one in commits])

    def _note(self) -> None:
        if self._judged is not None:
            for unit, verdict in self._judged.fetchall():
                self._verdicts[self._candidates[unit].run["id"]] = verdict
            self._judged = None

    def _write_audit(self, connection: "Connection[Any]", last: "Cursor[Any]") -> None:
        won = (one for one in self._commits if self._verdicts[one.run["id"]] == writing.WON)
        entries = [entry for one in won for entry in one.audit]
        if entries:
            rows = sealing.sealed(entries, last.fetchone() or sealing.BEGINNING)
            connection.execute(_ADD_AUDIT.encode(), {"entries": packed(rows)})
            connection.execute(audit.MARK.postgresql.encode(), audit.head(rows))

    def _found_too_late(self, connection: "Connection[Any]") -> dict[str, approvals.Settled]:
        """Return how those approvals were settled that somebody came too late for."""
        ids = [
            answer["id"]
            for one in self._commits
            if self._verdicts[one.run["id"]] == writing.TOO_LATE
            for answer in one.approvals.settled
        ]
        found = connection.execute(_FIND_APPROVALS, (ids,)).fetchall() if ids else []
        return {id: approvals.Settled(*how) for id, *how in found}

    def _outcome(self, commit: Commit, before: dict[str, approvals.Settled]) -> Failed | None:
        match self._verdicts[commit.run["id"]]:
            case writing.WON:
                return None
            case writing.NOT_OWNER:
                return Failed(not_owner(commit))
            case writing.TOO_LATE:
                return Failed(_too_late(commit, before))
            case verdict:
                return Failed(no_room(commit) if verdict == _NO_ROOM else moved_on(commit))


def _execute(connection: "Connection[Any]", one: Execution) -> "Cursor[Any]":
    cursors = [connection.execute(one.statement.postgresql.encode(), dict(row)) for row in one.rows]
    return cursors[-1]


def _came_of(cursor: "Cursor[Any]") -> object:
    return cursor.rowcount if cursor.description is None else cursor.fetchone()


def _too_late(commit: Commit, before: dict[str, approvals.Settled]) -> TooLate:
    answers = commit.approvals.settled
    settled = (
        one for one in answers if (how := before.get(one["id"])) is None or how.verdict != _OPEN
    )
    first = next(settled, answers[0])
    return approvals.too_late(before.get(first["id"]), first)


def not_owner(commit: Commit) -> NotOwner:
    """Return the complaint that another process advances a run by now."""
    return NotOwner(
        f"Another process took the run `{commit.run['id']}` over; nothing was written here."
    )


def stands(connection: "Connection[Any]", commit: Commit) -> bool:
    """Return whether the facts of a commit are in its place of the history."""
    place = (commit.run["id"], commit.expected, commit.run["version"])
    found = connection.execute(_FIND_FACTS, place).fetchall()
    return bool(found) and [body for (body,) in found] == [one["body"] for one in commit.facts]
