"""One process of many does what only one may do: an advisory lock on a connection of its own.

The server itself gives the lock back when the process dies or its network goes. A process that hangs
does not speak on its connection, and then the server ends the session after the lease
(`idle_session_timeout`, PostgreSQL 14): the lock is free, and who held it finds its connection gone.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import blake2b

import psycopg
import structlog
from psycopg import AsyncConnection, sql

from opstream.adapters.queues.connecting import connect
from opstream.adapters.queues.ending import end

log = structlog.get_logger(__name__)

_LOCK = "SELECT pg_try_advisory_lock(%s)"
_BEATS_A_LEASE = 4


class Election:
    """Runs for an office, and holds it until this process cannot be reached any more.

    Args:
        office: What is to be done by one; the same word in all processes.
        won: Called when this process holds the office.
        lost: Called when it does not hold it any more.
    """

    def __init__(
        self,
        url: str,
        name: str,
        office: str,
        lease: timedelta,
        won: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        self._url = url
        self._name = name
        self._office = office
        self._key = int.from_bytes(blake2b(office.encode(), digest_size=8).digest(), signed=True)
        self._lease = lease.total_seconds()
        self._won, self._lost = won, lost
        self._confirmed_at: float | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether this process holds the office; False also while it cannot know."""
        return (
            self._confirmed_at is not None and time.monotonic() - self._confirmed_at < self._lease
        )

    def start(self) -> None:
        """Begin to run for the office."""
        self._task = asyncio.create_task(self._keep_running(), name=f"election {self._office}")

    async def stop(self) -> None:
        """Give the office up."""
        if self._task is not None:
            await end([self._task])

    async def _keep_running(self) -> None:
        while True:
            connection = None
            try:
                connection = await connect(
                    self._url, f"{self._name} {self._office}", timedelta(seconds=self._lease)
                )
                await self._serve(connection)
            except (psycopg.Error, TimeoutError) as error:
                log.warning("election_waits", office=self._office, reason=str(error).strip())
            finally:
                self._step_down()
                if connection is not None:
                    with contextlib.suppress(psycopg.Error):
                        await connection.close()
            await asyncio.sleep(self._lease / _BEATS_A_LEASE)

    async def _serve(self, connection: AsyncConnection) -> None:
        milliseconds = sql.Literal(f"{self._lease * 1000:.0f}ms")
        await connection.execute(sql.SQL("SET idle_session_timeout = {}").format(milliseconds))
        while True:
            began = time.monotonic()
            async with asyncio.timeout(self._lease):
                if self._confirmed_at is None:
                    found = await (await connection.execute(_LOCK, (self._key,))).fetchone()
                    elected = found is not None and bool(found[0])
                else:
                    await connection.execute("SELECT 1")
                    elected = True
            if elected:
                self._confirm(began)
            await asyncio.sleep(self._lease / _BEATS_A_LEASE)

    def _confirm(self, at: float) -> None:
        newly, self._confirmed_at = self._confirmed_at is None, at
        if newly:
            log.info("elected", office=self._office, name=self._name)
            self._won()

    def _step_down(self) -> None:
        if self._confirmed_at is not None:
            self._confirmed_at = None
            log.info("office_lost", office=self._office, name=self._name)
            self._lost()
