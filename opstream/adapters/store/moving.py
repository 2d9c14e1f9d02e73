"""Move an install from its SQLite file to PostgreSQL, all of it or nothing.

Every row of every table is copied as it is, so the seals of the audit trail still fit. What arrived is read
back and compared before it counts; only then does the file get another name, so that nobody starts on it
by mistake. Until then it is what it was, but for the schema of this version.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, sql
from sqlalchemy import Table
from sqlmodel import SQLModel

from opstream.adapters.store import failures, migrate
from opstream.adapters.store.artifacts import id_of
from opstream.adapters.store.database import ARTIFACTS, FILE
from opstream.adapters.store.ownership import Ownership
from opstream.adapters.store.postgres.connecting import conninfo
from opstream.adapters.store.postgres.database import prepare
from opstream.adapters.store.postgres.failures import Failures, unreadable
from opstream.adapters.store.tables import ArtifactRow, WorkerRow, table
from opstream.adapters.store.tables_of_people import AuditRow
from opstream.adapters.store.writer import connect
from opstream.errors import BadInput, StoreUnavailable

Progress = Callable[[str, int, int], None]
"""Hears, by table, how many rows of how many have been copied."""

_WAIT = timedelta(seconds=5)
_BATCH = 1000
_ARTIFACTS, _AUDIT = table(ArtifactRow), table(AuditRow)
_NOT_COPIED = {table(WorkerRow).name, _ARTIFACTS.name}
_TABLES = [one for one in SQLModel.metadata.sorted_tables if one.name not in _NOT_COPIED]


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: how many rows, by table; `artifacts` counts files."""

    counts: Mapping[str, int]


async def move(folder: Path, url: str, progress: Progress) -> Moved:
    """Move an install to an empty PostgreSQL database.

    Args:
        folder: The data folder with the SQLite file; OpStream must not run on it.
        url: `postgresql://user:password@host:5432/name`.
        progress: Called in another thread.

    Raises:
        AlreadyRunning: OpStream runs on the folder.
        BadInput: there is nothing to move, or the target holds something already.
        StoreUnavailable: one of the two cannot be read or written; nothing was moved.
    """
    return await asyncio.to_thread(_move, folder, url, progress)


def _move(folder: Path, url: str, progress: Progress) -> Moved:
    path = folder / FILE
    if not path.is_file():
        raise BadInput(f"There is no database {path} to move. Give the data folder of the install.")
    try:
        how = conninfo(url, "move", _WAIT)
    except psycopg.Error:
        raise unreadable() from None
    target = Failures(how)
    ownership = Ownership.take(folder)
    try:
        moved = _copy_all(path, how, target, progress)
        path.rename(path.with_name(f"{FILE}.moved"))
        return moved
    except sqlite3.Error as error:
        raise failures.unavailable(error, path) from error
    except psycopg.Error as error:
        raise target.unavailable(error) from error
    finally:
        ownership.release()


def _copy_all(path: Path, how: str, target: Failures, progress: Progress) -> Moved:
    migrate.to_head(path, _WAIT)
    prepare(how, target)
    with closing(connect(path, _WAIT)) as source, psycopg.connect(how) as connection:
        _require_empty(connection, target)
        counts = {one.name: _copy(source, connection, one, progress) for one in _TABLES}
        counts[_ARTIFACTS.name] = _copy_artifacts(path.parent / ARTIFACTS, connection, progress)
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('postings', 'id'), max(id)) FROM postings"
        )
        for one in _TABLES:
            _compare(source, connection, one)
        connection.commit()
        connection.execute("ANALYZE")
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the file alone has everything
    return Moved(counts)


def _require_empty(connection: "Connection[Any]", target: Failures) -> None:
    """Keep everybody else from writing to the target, and refuse it if somebody has."""
    for one in (*_TABLES, _ARTIFACTS):
        name = sql.Identifier(one.name)
        connection.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(name))
        found = connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(name)).fetchone()
        if found is not None:
            raise BadInput(
                f"The database {target.where} holds an install already (there is something in "
                f"`{one.name}`). Give an empty one; nothing was moved."
            )


def _names(of: Table) -> list[str]:
    return [column.name for column in of.columns]


def _in_order(of: Table) -> str:
    """Return the query for all rows, in the same order in both databases."""
    names = ", ".join(f'"{name}"' for name in _names(of))
    return f"SELECT {names} FROM {of.name} ORDER BY {', '.join(of.primary_key.columns.keys())}"


def _copy(
    source: sqlite3.Connection, connection: "Connection[Any]", of: Table, progress: Progress
) -> int:
    [total] = source.execute(f"SELECT count(*) FROM {of.name}").fetchone()
    done = 0
    with _copying(connection, of) as copying:
        for batch in _batches(source.execute(_in_order(of))):
            for row in batch:
                copying.write_row(_storable(row, of))
            done += len(batch)
            progress(of.name, done, total)
    return done


def _copying(connection: "Connection[Any]", into: Table) -> Any:  # noqa: ANN401 - psycopg's own
    names = sql.SQL(", ").join(sql.Identifier(name) for name in _names(into))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(into.name), names)
    return connection.cursor().copy(statement)


def _batches(rows: sqlite3.Cursor) -> Iterator[list[tuple[Any, ...]]]:
    while batch := rows.fetchmany(_BATCH):
        yield batch


def _storable(row: tuple[Any, ...], of: Table) -> tuple[Any, ...]:
    """Return a row without the character 0, which only SQLite keeps; the trail cannot do without."""
    if not any(isinstance(value, str) and "\0" in value for value in row):
        return row
    if of is _AUDIT:
        raise StoreUnavailable(
            f"Entry {row[0]} of the audit trail holds the character 0, which PostgreSQL cannot keep, "
            "and its seal allows no change. Nothing was moved; stay on SQLite."
        )
    return tuple(v.replace("\0", "?") if isinstance(v, str) else v for v in row)


def _copy_artifacts(folder: Path, connection: "Connection[Any]", progress: Progress) -> int:
    files = sorted(file for file in folder.glob("??/*") if not file.name.startswith("."))
    with _copying(connection, _ARTIFACTS) as copying:
        for done, file in enumerate(files, start=1):
            content = file.read_bytes()
            if id_of(content) != file.name:
                raise StoreUnavailable(
                    f"The artifact {file} is damaged: its bytes are not those of its name. Bring it "
                    "back from a backup, or delete it, and move again; nothing was moved."
                )
            copying.write_row((file.name, len(content), _written_at(file), content))
            progress(_ARTIFACTS.name, done, len(files))
    return len(files)


def _written_at(file: Path) -> int:
    return file.stat().st_mtime_ns // 1000


def _compare(source: sqlite3.Connection, connection: "Connection[Any]", of: Table) -> None:
    """Read a table back from the target and compare every row."""
    there = (_storable(row, of) for row in source.execute(_in_order(of)))
    with connection.cursor(name="comparing") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_in_order(of).encode())
        same = _fingerprint(there) == _fingerprint(cursor)
    if not same:
        raise StoreUnavailable(
            f"The table `{of.name}` did not arrive as it was. Nothing was moved; check the disk and "
            "the memory of both machines, then try again."
        )


def _fingerprint(rows: Iterable[tuple[Any, ...]]) -> tuple[int, str]:
    """Return the number of rows and a hash over all values; a bool of one is an integer of the other."""
    count, digest = 0, sha256()
    for row in rows:
        count += 1
        plain = tuple(int(value) if isinstance(value, bool) else value for value in row)
        digest.update(repr(plain).encode())
    return count, digest.hexdigest()
