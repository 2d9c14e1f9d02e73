"""SQLite's errors as one sentence each that says what to do."""

import sqlite3
from pathlib import Path

from opstream.errors import StoreUnavailable

# Errors that are about one statement, not about the database: whoever wrote the statement is to blame.
OWN_FAULT = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
)

_LOCKED = (
    "The database {path} is locked by another program. Close whatever has it open (a backup, a "
    "database browser), then try again; nothing was written."
)
_DAMAGED = (
    "The database {path} is damaged. Stop OpStream and put the last backup in its place; nothing "
    "was written."
)
_SENTENCES = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: (
        "The disk that holds {path} is full. Free some space, then try again; nothing was written."
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk did not take a write to {path}. Check that it has space and is in order, then try "
        "again; nothing was written."
    ),
    sqlite3.SQLITE_READONLY: (
        "The database {path} may not be written. Give the user that runs OpStream the right to "
        "write the file and its folder, then try again."
    ),
    sqlite3.SQLITE_PERM: (
        "The database {path} may not be opened. Give the user that runs OpStream the right to "
        "read and write it, then try again."
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The database {path} cannot be opened. Check that its folder exists and may be written, "
        "then try again."
    ),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_NOMEM: (
        "There was not enough memory to use {path}. Free some, then try again; nothing was written."
    ),
}
_OTHERWISE = (
    "The database {path} did not do what it was asked ({error}). Check the file, then try again; "
    "nothing was written."
)
_PRIMARY_CODE = 0xFF  # SQLite's extended codes carry the primary one in their lowest byte


def unavailable(error: sqlite3.Error, path: Path) -> StoreUnavailable:
    """Return what a failure of the database is called here, with the failure as its cause."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    sentence = _SENTENCES.get(code, _OTHERWISE).format(path=path, error=error)
    translated = StoreUnavailable(sentence)
    translated.__cause__ = error
    return translated


def gone(path: Path) -> StoreUnavailable:
    """Return the complaint that the file is not where it was when the process started."""
    return StoreUnavailable(
        f"The database {path} was moved, deleted or replaced while OpStream was running. Put the "
        "file back, or start OpStream again; nothing was written."
    )
