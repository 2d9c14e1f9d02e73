"""Bring the schema to this version's before anything else touches it.

A database that is up to date costs one `SELECT`; Alembic is imported only when there is work for it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from opstream.adapters.store.writer import connect
from opstream.errors import StoreUnavailable

if TYPE_CHECKING:  # see above: importing it for real is what this module puts off
    from alembic.config import Config

HEAD = "0012"  # the newest file in `migrations/versions`; a test compares
_MIGRATIONS = Path(__file__).parent / "migrations"


def to_head(path: Path, busy_timeout: timedelta) -> None:
    """Migrate the database to this version's schema, all of it or nothing; makes a missing one.

    Raises:
        StoreUnavailable: a newer OpStream wrote it.
        sqlite3.Error: it cannot be read or written.
    """
    connection = connect(path, busy_timeout)
    try:
        if _revision(connection) != HEAD:
            _upgrade(connection, path)
    finally:
        connection.close()


def _revision(connection: sqlite3.Connection) -> str | None:
    try:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return None
    return None if found is None else str(found[0])


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    try:
        with transaction(connection) as begun:
            upgrade(begun, str(path), _revision(connection))
    except DBAPIError as error:
        raise error.orig or error from error


def upgrade(begun: Connection, where: str, revision: str | None) -> None:
    """Migrate a database to this version's schema, within a transaction.

    Args:
        where: What the database is called in a complaint.
        revision: What schema it has, None for none.

    Raises:
        StoreUnavailable: a newer OpStream wrote it.
    """
    from alembic import command  # a third of a second to import, and seldom needed
    from alembic.util import CommandError

    try:
        command.upgrade(configuration(begun), "head")
    except CommandError as error:
        raise StoreUnavailable(
            f"The database {where} was written by a newer OpStream (schema {revision!r}; this "
            f"version knows up to {HEAD!r}). Install that version, or choose another data folder "
            "or database."
        ) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[Connection]:
    """Lend a driver's connection to SQLAlchemy for one transaction, DDL included."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as begun:
        yield begun


def configuration(connection: Connection) -> "Config":
    """Return what Alembic needs to work on a connection, without a file of its own."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
