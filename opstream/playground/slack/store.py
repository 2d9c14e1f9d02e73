"""The playground's memory on disk: one SQLite file, written before anything is acknowledged.

Each happening becomes a few rows in one commit. The write-ahead log survives a killed process without waiting for
the disk; a machine that loses power may lose the last moments, which a playground may.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from opstream.playground.slack import channels, executions, grants, messages, views
from opstream.playground.slack import happenings as h
from opstream.playground.slack.wire import Json, dump, load, mapping, text

FILE = "slack.sqlite3"
Row: TypeAlias = tuple[str, str, Json | None]
"""Kind, key, and what to keep under it; None forgets it."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS things (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (kind, key)
)
"""
# An update keeps its position: what was first stays first.
PUT = (
    "INSERT INTO things (kind, key, value) VALUES (?, ?, ?)"
    " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"
)
FORGET = "DELETE FROM things WHERE kind = ? AND key = ?"


class StateInUse(Exception):
    """Another playground works on this state directory. Stop it, or choose another directory."""


class Store:
    """An open state directory; only one process at a time may have it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.folder = directory
        self._connection = sqlite3.connect(directory / FILE, isolation_level=None, timeout=0.5)
        try:
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(SCHEMA)
        except sqlite3.OperationalError as problem:
            self._connection.close()
            raise StateInUse(
                f"The state in {str(directory)!r} cannot be used: {problem}."
            ) from problem

    def close(self) -> None:
        """Close the file; nothing is pending, every write was committed at once."""
        self._connection.close()

    def record(self, happened: Iterable[h.Happening], also: Iterable[Row] = ()) -> None:
        """Write happenings, and other rows beside them, in one commit."""
        self.write([*(row for one in happened for row in rows(one)), *also])

    def write(self, changes: Iterable[Row]) -> None:
        """Write rows in one commit."""
        changes = list(changes)
        if not changes:
            return
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for kind, key, value in changes:
                if value is None:
                    self._connection.execute(FORGET, (kind, key))
                else:
                    self._connection.execute(PUT, (kind, key, dump(value)))

    def read(self, kind: str) -> list[tuple[str, Json]]:
        """Return the keys and values of a kind, in the order they first came."""
        query = "SELECT key, value FROM things WHERE kind = ? ORDER BY position"
        found = self._connection.execute(query, (kind,)).fetchall()
        return [(key, mapping(load(value))) for key, value in found]

    def history(self) -> Iterator[h.Happening]:
        """Yield what makes the workspace again when it is applied in this order."""
        for kind, remember in REMEMBER.items():
            for _, value in self.read(kind):
                yield remember(value)


def rows(happening: h.Happening) -> list[Row]:
    """Return the rows that keep a happening; [] for what need not outlive the process."""
    match happening:
        case h.ChannelChanged(channel):
            return [("channel", channel.id, channels.to_disk(channel))]
        case h.HookChanged(hook):
            return [("hook", hook.id, grants.hook_to_disk(hook))]
        case h.StepExecuted(execution) | h.StepEnded(execution):
            return [("execution", execution.id, executions.to_disk(execution))]
        case h.Read() | h.Snoozed():
            return [_row_of_person(happening)]
        case h.MessagePosted() | h.MessageChanged() | h.MessageDeleted():
            return [_message_row(happening)]
        case h.EphemeralPosted() | h.EphemeralDeleted():
            return [_ephemeral_row(happening)]
        case h.ViewOpened() | h.ViewUpdated() | h.ViewClosed() | h.HomePublished():
            return [_view_row(happening)]
        case _:
            return []


def _message_row(happening: h.MessagePosted | h.MessageChanged | h.MessageDeleted) -> Row:
    message = happening.message
    key = f"{message.channel}/{message.ts}"
    deleted = isinstance(happening, h.MessageDeleted)
    return ("message", key, None if deleted else messages.to_disk(message))


def _ephemeral_row(happening: h.EphemeralPosted | h.EphemeralDeleted) -> Row:
    message = happening.message
    key = f"{message.person}/{message.channel}/{message.ts}"
    deleted = isinstance(happening, h.EphemeralDeleted)
    return ("ephemeral", key, None if deleted else messages.ephemeral_to_disk(message))


def _view_row(
    happening: h.ViewOpened | h.ViewUpdated | h.ViewClosed | h.HomePublished,
) -> Row:
    view = happening.view
    closed = isinstance(happening, h.ViewClosed)
    return ("home" if view.is_home else "view", view.id, None if closed else views.to_disk(view))


def _row_of_person(happening: h.Read | h.Snoozed) -> Row:
    if isinstance(happening, h.Snoozed):
        person = happening.person
        return ("snooze", person, {"person": person, "until": happening.until})
    return _read_row(happening)


def _read_row(read: h.Read) -> Row:
    value: Json = {
        "person": read.person,
        "channel": read.channel,
        "thread_ts": read.thread_ts,
        "ts": read.ts,
    }
    return ("read", f"{read.person}/{read.channel}/{read.thread_ts}", value)


def _read(data: Json) -> h.Happening:
    return h.Read(
        person=text(data.get("person")),
        channel=text(data.get("channel")),
        thread_ts=text(data.get("thread_ts")),
        ts=text(data.get("ts")),
    )


REMEMBER: dict[str, Callable[[Json], h.Happening]] = {
    "channel": lambda data: h.ChannelChanged(channels.from_disk(data)),
    "message": lambda data: h.MessagePosted(messages.from_disk(data)),
    "ephemeral": lambda data: h.EphemeralPosted(messages.ephemeral_from_disk(data)),
    "view": lambda data: h.ViewOpened(views.from_disk(data)),
    "home": lambda data: h.HomePublished(views.from_disk(data)),
    "read": _read,
    "snooze": lambda data: h.Snoozed(text(data.get("person")), float(text(data.get("until")))),
    "execution": lambda data: h.StepEnded(executions.from_disk(data)),
    "hook": lambda data: h.HookChanged(grants.hook_from_disk(data)),
}
