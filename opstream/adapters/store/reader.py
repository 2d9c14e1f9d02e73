"""Reads for the edges: a read-only engine of its own, in a few threads off the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from opstream.adapters.store import failures

T = TypeVar("T")


class Reader:
    """Runs queries beside the writer; each sees all that was acknowledged before it began."""

    def __init__(self, path: Path, busy_timeout: timedelta, threads: int) -> None:
        def connect() -> sqlite3.Connection:
            return sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro",
                uri=True,
                timeout=busy_timeout.total_seconds(),
                isolation_level=None,  # each SELECT by itself: no old snapshot is held
                check_same_thread=False,
            )

        self._path = path
        self._engine = create_engine(
            "sqlite://", creator=connect, poolclass=QueuePool, pool_size=threads, max_overflow=0
        )
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="opstream-reader")

    async def read(self, look: Callable[[Session], T]) -> T:
        """Look something up, in a thread of the reader.

        Raises:
            StoreUnavailable: the database cannot be read.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._look, look)

    def _look(self, look: Callable[[Session], T]) -> T:
        try:
            with Session(self._engine) as session:
                return look(session)
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise failures.unavailable(error.orig, self._path) from error
            raise

    async def close(self) -> None:
        """Finish what is being read and give the file back."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()
