"""The sign of life of a process: without it, others take its runs over."""

import asyncio
import time
from datetime import timedelta
from typing import Protocol

import structlog

from opstream.adapters.queues.ending import end
from opstream.errors import StoreUnavailable

log = structlog.get_logger(__name__)

_BEATS_A_LEASE = 6


class Beating(Protocol):
    """Where signs of life are left."""

    async def beat(self) -> None:
        """Leave one, durably or not."""


class Heart:
    """Beats several times a lease, until it is stopped."""

    def __init__(self, workers: Beating, name: str, lease: timedelta) -> None:
        self._workers = workers
        self._name = name
        self._lease = lease.total_seconds()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Leave the first sign of life, then go on by itself.

        Raises:
            StoreUnavailable: the database does not take it.
        """
        await self._workers.beat()
        self._task = asyncio.create_task(self._keep_beating(), name="heart")

    async def stop(self) -> None:
        """Fall silent."""
        if self._task is not None:
            await end([self._task])

    async def _keep_beating(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(self._lease / _BEATS_A_LEASE)
            try:
                await self._workers.beat()
            except StoreUnavailable as error:
                log.warning("heart_waits", reason=str(error))
                continue
            silence, last = time.monotonic() - last, time.monotonic()
            if silence > self._lease:
                log.warning("was_silent", name=self._name, seconds=round(silence, 1))
