"""Bring the schema in PostgreSQL to this version's; any number of processes may start at once."""

from typing import Any

from psycopg import Connection
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from opstream.adapters.store.migrate import HEAD, upgrade
from opstream.adapters.store.postgres.locks import SCHEMA

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


def to_head(connection: "Connection[Any]", where: str) -> None:
    """Migrate a database to this version's schema, all of it or nothing; fills an empty one.

    Raises:
        StoreUnavailable: a newer OpStream wrote it.
        psycopg.Error: it cannot be read or written.
    """
    if _revision(connection) == HEAD:
        return
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool
    )
    connection.autocommit = False
    try:
        with engine.begin() as begun:
            begun.execute(_LOCK, {"key": SCHEMA})
            if (revision := _revision(connection)) != HEAD:
                upgrade(begun, where, revision)
    except DBAPIError as error:
        raise error.orig or error from error
    finally:
        connection.autocommit = True


def _revision(connection: "Connection[Any]") -> str | None:
    known = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if known is None or not known[0]:
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])
