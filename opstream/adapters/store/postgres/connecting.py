"""How this process connects to PostgreSQL, and what it asks of the server."""

from datetime import timedelta
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from opstream.adapters.store.writer import Durability

_CONNECT_SECONDS = 5
_OLDEST = 140000
_SECRET = ("password", "sslpassword")


def conninfo(url: str, name: str, silence: timedelta) -> str:
    """Return how to connect.

    Args:
        url: `postgresql://…`.
        name: What lists of the server's connections call it.
        silence: A network that swallows everything for so long breaks the connection.

    Raises:
        psycopg.ProgrammingError: this is no address.
    """
    seconds = max(1, round(silence.total_seconds()))
    return make_conninfo(
        url,
        application_name=f"opstream {name}"[:63],
        connect_timeout=_CONNECT_SECONDS,
        client_encoding="UTF8",
        keepalives_idle=max(1, seconds // 2),
        keepalives_interval=1,
        keepalives_count=max(1, seconds // 2),
        tcp_user_timeout=seconds * 1000,
    )


def address(conninfo: str) -> str:
    """Return where a database is, without its password: `opstream on db.example.com`."""
    known = conninfo_to_dict(conninfo)
    host = str(known.get("host") or known.get("hostaddr") or "this machine")
    port = str(known.get("port") or "5432")
    where = host if port == "5432" or host.startswith("/") else f"{host}:{port}"
    return f"{known.get('dbname') or 'the default one'} on {where}"


def secrets_of(conninfo: str) -> list[str]:
    """Return what must not be said of how to connect."""
    known = conninfo_to_dict(conninfo)
    return [str(known[key]) for key in _SECRET if known.get(key)]


def connect_to_read(conninfo: str) -> "Connection[Any]":
    """Open a connection in which each query stands for itself and nothing can be written.

    Raises:
        psycopg.Error: the server cannot be reached, or refuses.
    """
    connection = psycopg.connect(conninfo, autocommit=True)
    connection.execute("SET default_transaction_read_only = on")
    return connection


def connect_to_write(
    conninfo: str, durability: Durability, silence: timedelta
) -> "Connection[Any]":
    """Open a connection for the writer.

    A process that hangs in the middle of a transaction must not hold up the others: the server ends it
    after `silence`, and whoever waits for a lock waits a little longer than that. The plan of the one
    statement that writes commits is made once; it must go by the indexes, however small the tables
    were at that moment.

    Raises:
        psycopg.Error: the server cannot be reached, or refuses.
    """
    connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=0)
    milliseconds = max(1, round(silence.total_seconds() * 1000))
    settings = {
        "synchronous_commit": "on" if durability == "full" else "off",
        "idle_in_transaction_session_timeout": str(milliseconds),
        "lock_timeout": str(2 * milliseconds),
        "plan_cache_mode": "force_generic_plan",
        "enable_seqscan": "off",
        "enable_hashjoin": "off",
        "enable_mergejoin": "off",
        "jit": "off",
    }
    names, values = list(settings), list(settings.values())
    connection.execute(
        "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS s(name, value)",
        (names, values),
    )
    return connection


def complaint_about(connection: "Connection[Any]") -> str:
    """Return why a server cannot be used, "" when it can."""
    if connection.info.server_version < _OLDEST:
        return (
            "runs on PostgreSQL "
            f"{connection.info.server_version // 10000}, and OpStream needs 14 or newer"
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        return (
            f"keeps text as {encoding}, and OpStream needs UTF8 (CREATE DATABASE … ENCODING 'UTF8')"
        )
    return ""
