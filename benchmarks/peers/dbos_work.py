"""DBOS under the same work; runs in an environment of its own (`requirements-dbos.txt`).

Tuned as far as it goes without leaving what its documentation offers: the write-ahead log on SQLite, and
as many threads and connections as served it best (see `contenders.py`).
"""

import argparse
import asyncio
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import sqlalchemy as sa  # type: ignore[import-not-found,unused-ignore]  # in its own environment
from dbos import DBOS, DBOSConfig  # type: ignore[import-not-found]  # in its own environment

from benchmarks.peers import workloads

_heard: dict[str, "asyncio.Future[float]"] = {}


@DBOS.step()  # type: ignore[untyped-decorator]  # DBOS is not installed where types are checked
async def _step(run: str, number: int, pauses: bool) -> dict[str, bool]:
    if pauses:
        await workloads.pause(run, number)
    return {"ok": True}


@DBOS.step()  # type: ignore[untyped-decorator]  # as above
async def _last(run: str) -> dict[str, bool]:
    _tell(f"{run} goes on")
    return {"ok": True}


@DBOS.workflow()  # type: ignore[untyped-decorator]  # as above
async def _chain(run: str, steps: int, pauses: bool) -> None:
    for number in range(steps):
        await _step(run, number, pauses)


@DBOS.workflow()  # type: ignore[untyped-decorator]  # as above
async def _asks(run: str) -> None:
    _tell(f"{run} waits")
    await DBOS.recv_async("go", timeout_seconds=86_400)
    await _last(run)


def _hear(news: str) -> "asyncio.Future[float]":
    """Return what will hold the moment at which something is told."""
    _heard[news] = asyncio.get_running_loop().create_future()
    return _heard[news]


def _tell(news: str) -> None:
    now, heard = perf_counter(), _heard.pop(news, None)
    if heard is not None:  # DBOS takes up what was left in a loop of its own
        heard.get_loop().call_soon_threadsafe(heard.set_result, now)


class Dbos:
    """The four things of `workloads.Engine`."""

    def __init__(self) -> None:
        self._handles: dict[str, Any] = {}
        self._told: list[str] = []

    def note(self, connection: Any, _: object) -> None:  # noqa: ANN401 - a driver's connection
        """Make each new connection durable, and remember what the first one says of itself."""
        if connection.__class__.__module__.startswith("sqlite3"):
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            asked = ("journal_mode", "synchronous")
            said = {one: connection.execute(f"PRAGMA {one}").fetchone()[0] for one in asked}
        else:
            asked = ("fsync", "synchronous_commit")
            said = {one: connection.execute(f"SHOW {one}").fetchone()[0] for one in asked}
            connection.rollback()
        self._told.append(", ".join(f"{name} {value}" for name, value in said.items()))

    async def durability(self) -> str:
        """Return what every connection of its pool said, if they agree."""
        return " / ".join(sorted(set(self._told)))

    async def chain(self, run: str, steps: int, *, pauses: bool) -> None:
        """Start a workflow and wait for its result."""
        handle = await DBOS.start_workflow_async(_chain, run, steps, pauses)
        await handle.get_result()

    async def park(self, run: str) -> None:
        """Start a workflow under this id and wait until it is about to wait."""
        waits = _hear(f"{run} waits")
        with _named(run):
            self._handles[run] = await DBOS.start_workflow_async(_asks, run)
        await waits

    async def wake(self, run: str) -> float:
        """Send the message and wait for the end."""
        began = _hear(f"{run} goes on")
        await DBOS.send_async(run, "go", "go")
        at = await began
        if (handle := self._handles.pop(run, None)) is not None:
            await handle.get_result()
        return at


def _named(run: str) -> Any:  # noqa: ANN401 - a context manager of DBOS
    from dbos import SetWorkflowID

    return SetWorkflowID(run)


async def main() -> None:
    """Launch DBOS on a database and do what is wished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--poll-seconds", type=float, default=1.0)
    given = parser.parse_args()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(given.threads))  # where its statements run
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": given.url,
        "sys_db_pool_size": given.threads,
        "max_executor_threads": given.threads,
        "notification_listener_polling_interval_sec": given.poll_seconds,
        "application_version": "bench",
        "executor_id": "bench",
        "log_level": "ERROR",
    }
    engine = Dbos()
    sa.event.listen(sa.engine.Engine, "connect", engine.note)
    DBOS(config=config)
    DBOS.launch()
    await workloads.serve(engine)
    DBOS.destroy()


if __name__ == "__main__":
    asyncio.run(main())
