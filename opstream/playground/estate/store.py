"""The estate on disk: an append-only record of changes, from which the estate is read back.

A change and its idempotency key are one row, written in one transaction and synchronised to disk
before anybody is answered: after a crash at any point a change is there with its answer, or it
is not there at all. SQLite's lock keeps a second process from coming between.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Literal

from opstream.playground.estate.errors import Refused
from opstream.playground.estate.remedies import (
    TOOL_NAMES,
    Effect,
    Order,
    ToolName,
    Value,
    carry_out,
    service_named,
)
from opstream.playground.estate.spec import ServiceName
from opstream.playground.estate.state import Estate, fresh_estate

_SCHEMA = """
CREATE TABLE IF NOT EXISTS estate (
    only INTEGER PRIMARY KEY CHECK (only = 1), created TEXT NOT NULL, seed INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    idempotency_key TEXT UNIQUE,  -- NULL where none was given
    at TEXT NOT NULL,
    tool TEXT NOT NULL,
    subject TEXT NOT NULL,
    value TEXT NOT NULL,  -- JSON, as the next four
    service TEXT NOT NULL,
    setting TEXT NOT NULL,
    value_before TEXT NOT NULL,
    value_after TEXT NOT NULL,
    changed INTEGER NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS changes_stay BEFORE UPDATE ON changes
BEGIN SELECT RAISE(ABORT, 'a change is never edited'); END;
CREATE TRIGGER IF NOT EXISTS changes_are_kept BEFORE DELETE ON changes
BEGIN SELECT RAISE(ABORT, 'a change is never deleted'); END;
"""
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Change:
    """A write that was carried out, and the answer it gets however often it is asked for."""

    number: int
    tool: ToolName
    subject: str
    value: Value
    changed: bool
    service: ServiceName
    setting: str
    before: Value
    after: Value
    at: datetime
    idempotency_key: str
    simulation: Literal[True] = True


class Store:
    """One estate in one folder; safe to use from several threads and processes."""

    def __init__(self, folder: Path, now: datetime, seed: int = 1) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._database = sqlite3.connect(
            folder / "estate.sqlite3",
            timeout=_PATIENCE_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        self._database.execute("PRAGMA synchronous = EXTRA")
        with self._transaction():
            for statement in _statements(_SCHEMA):
                self._database.execute(statement)
            self._database.execute(
                "INSERT OR IGNORE INTO estate VALUES (1, ?, ?)", (now.isoformat(), seed)
            )
        created, seed = self._database.execute("SELECT created, seed FROM estate").fetchone()
        self._estate = fresh_estate(datetime.fromisoformat(created), seed)
        self._changes: list[Change] = []

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def estate(self) -> Estate:
        """Return the estate with every change up to now."""
        with self._lock:
            self._catch_up()
            return self._estate

    def changes(self) -> list[Change]:
        """Return all changes, oldest first."""
        with self._lock:
            self._catch_up()
            return list(self._changes)

    def carry_out(self, order: Order, key: str, now: datetime) -> Change:
        """Carry out an order once for its key, and return what it did then or now.

        Raises:
            Refused: it cannot be followed, or its key belongs to another order.
        """
        with self._lock, self._transaction():
            self._catch_up()
            if known := self._done(key):
                return _same(known, order)
            # A clock that was set back does not reorder what happened.
            at = max(now, self._estate.latest.at)
            number = self._append(order, key, at, carry_out(order, self._estate.latest, at))
        return next(change for change in self.changes() if change.number == number)

    def _append(self, order: Order, key: str, at: datetime, effect: Effect) -> int | None:
        cursor = self._database.execute(
            "INSERT INTO changes (idempotency_key, at, tool, subject, value,"
            " service, setting, value_before, value_after, changed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key or None,
                at.isoformat(),
                order.tool,
                order.subject,
                json.dumps(order.value),
                effect.service,
                effect.setting,
                json.dumps(effect.before),
                json.dumps(effect.after),
                effect.changed,
            ),
        )
        return cursor.lastrowid

    def _done(self, key: str) -> Change | None:
        if not key:
            return None
        return next((each for each in self._changes if each.idempotency_key == key), None)

    def _catch_up(self) -> None:
        """Replay the changes that this or another process has written since."""
        rows = self._database.execute(
            "SELECT number, tool, subject, value, changed, service, setting,"
            " value_before, value_after, at, ifnull(idempotency_key, '')"
            " FROM changes WHERE number > ? ORDER BY number",
            (self._changes[-1].number if self._changes else 0,),
        )
        for row in rows.fetchall():
            change = _change(*row)
            order = Order(change.tool, change.subject, change.value)
            effect = carry_out(order, self._estate.latest, change.at)
            self._estate = self._estate.followed_by(effect.epoch)
            self._changes.append(change)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    """Cut a script where SQLite says that a statement is complete."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _change(number: int, tool: str, subject: str, value: str, *rest: str | int) -> Change:
    """Read a row; what it says was answered, so it is not worked out again."""
    changed, service, setting, before, after, at, key = rest
    return Change(
        number=number,
        tool=next(each for each in TOOL_NAMES if each == tool),
        subject=subject,
        value=json.loads(value),
        changed=bool(changed),
        service=service_named(str(service)),
        setting=str(setting),
        before=json.loads(str(before)),
        after=json.loads(str(after)),
        at=datetime.fromisoformat(str(at)).astimezone(UTC),
        idempotency_key=str(key),
    )


def _same(known: Change, order: Order) -> Change:
    if (known.tool, known.subject, known.value) == (order.tool, order.subject, order.value):
        return known
    raise Refused(
        f"The idempotency key {known.idempotency_key!r} was already used for {known.tool} on "
        f"{known.subject}; write a new key for another change."
    )
