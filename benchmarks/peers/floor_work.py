"""The floors: what a database allows when nothing but rows is written, one commit a step.

On SQLite either each row in a commit of its own, or all rows that wait in one (`--grouped`); on PostgreSQL
a commit a row over so many connections. Chains only: there is nobody here who could be woken.
"""

import argparse
import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from queue import SimpleQueue
from threading import Thread

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from benchmarks.floor import FACT
from benchmarks.peers import workloads

_SQLITE = "INSERT INTO fact VALUES (?, ?, ?)"
_POSTGRES = "INSERT INTO fact VALUES (%s, %s, %s)"
_TABLE = "CREATE TABLE IF NOT EXISTS fact (run TEXT, number INTEGER, body TEXT)"
_Row = tuple[str, int, str]


class Floor:
    """Steps that are nothing but a durable row."""

    def __init__(self, write: Callable[[_Row], Awaitable[None]], said: str) -> None:
        self._write = write
        self._said = said

    async def durability(self) -> str:
        """Return what the connection said."""
        return self._said

    async def chain(self, run: str, steps: int, *, pauses: bool) -> None:
        """Write a row a step."""
        for number in range(steps):
            if pauses:
                await workloads.pause(run, number)
            await self._write((run, number, FACT))

    async def park(self, run: str) -> None:
        """Refuse: rows wait for nobody."""
        raise NotImplementedError

    async def wake(self, run: str) -> float:
        """Refuse: rows wait for nobody."""
        raise NotImplementedError


def _sqlite(path: str, grouped: bool) -> Floor:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    said = []
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
        name = pragma.partition("=")[0]
        said.append(f"{name} {connection.execute(f'PRAGMA {name}').fetchone()[0]}")
    connection.execute(_TABLE)

    def commit(rows: list[_Row]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_SQLITE, rows)
        connection.execute("COMMIT")

    async def alone(row: _Row) -> None:
        commit([row])

    return Floor(_grouping(commit) if grouped else alone, ", ".join(said))


def _grouping(commit: Callable[[list[_Row]], None]) -> Callable[[_Row], Awaitable[None]]:
    """Return what commits, in a thread, all rows that came while the commit before was under way."""
    queue: SimpleQueue[tuple[_Row, asyncio.Future[None]]] = SimpleQueue()

    def settle(futures: list["asyncio.Future[None]"]) -> None:
        for future in futures:
            future.set_result(None)

    def work() -> None:
        while True:
            batch = [queue.get()]
            while not queue.empty():
                batch.append(queue.get())
            commit([row for row, _ in batch])
            futures = [future for _, future in batch]
            futures[0].get_loop().call_soon_threadsafe(settle, futures)

    async def write(row: _Row) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.put((row, future))
        await future

    Thread(target=work, daemon=True).start()
    return write


async def _postgres(url: str, connections: int) -> Floor:
    async def prepare(connection: AsyncConnection) -> None:
        await connection.set_autocommit(True)

    pool = AsyncConnectionPool(
        url, min_size=connections, max_size=connections, open=False, configure=prepare
    )
    await pool.open(wait=True)
    said = []
    async with pool.connection() as connection:
        await connection.execute(_TABLE)
        for name in ("fsync", "synchronous_commit"):
            row = await (await connection.execute(f"SHOW {name}")).fetchone()
            said.append(f"{name} {row[0] if row else '?'}")

    async def write(row: _Row) -> None:
        async with pool.connection() as connection:
            await connection.execute(_POSTGRES, row)

    return Floor(write, ", ".join(said))


async def main() -> None:
    """Open a database and do what is wished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", help="the path of a SQLite file, or the URL of a PostgreSQL")
    parser.add_argument("--grouped", action="store_true")
    parser.add_argument("--connections", type=int, default=1)
    given = parser.parse_args()
    if "://" in given.place:
        await workloads.serve(await _postgres(given.place, given.connections))
    else:
        await workloads.serve(_sqlite(given.place, given.grouped))


if __name__ == "__main__":
    asyncio.run(main())
