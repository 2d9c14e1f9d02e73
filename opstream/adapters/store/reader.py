"""Reads for the edges: a read-only engine of its own, in a few threads off the event loop."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from opstream.adapters.store import failures
from opstream.errors import StoreUnavailable

T = TypeVar("T")
_AGAIN_SECONDS = 0.1


class Reader:
    """Runs queries beside the writer; each sees all that was acknowledged before it began.

    Args:
        unavailable: What a failure of the database is called; None for one that is ours.
        passes: Whether a failure is one of the connection, so that a new one may do better.
        patience: For how long that is tried.
    """

    def __init__(
        self,
        engine: Engine,
        threads: int,
        unavailable: Callable[[BaseException], StoreUnavailable | None],
        passes: Callable[[BaseException], bool] = lambda _: False,
        patience: timedelta = timedelta(),
    ) -> None:
        self._engine = engine
        self._unavailable = unavailable
        self._passes = passes
        self._patience = patience.total_seconds()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="opstream-reader")

    @classmethod
    def of_file(cls, path: Path, busy_timeout: timedelta, threads: int) -> "Reader":
        """Return a reader of a SQLite file."""

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro",
                uri=True,
                timeout=busy_timeout.total_seconds(),
                isolation_level=None,  # each SELECT by itself: no old snapshot is held
                check_same_thread=False,
            )

        def unavailable(error: BaseException) -> StoreUnavailable | None:
            return failures.unavailable(error, path) if isinstance(error, sqlite3.Error) else None

        engine = create_engine(
            "sqlite://", creator=connect, poolclass=QueuePool, pool_size=threads, max_overflow=0
        )
        return cls(engine, threads, unavailable)

    async def read(self, look: Callable[[Session], T]) -> T:
        """Look something up, in a thread of the reader.

        Raises:
            StoreUnavailable: the database cannot be read.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._look, look)

    def _look(self, look: Callable[[Session], T]) -> T:
        until = time.monotonic() + self._patience
        while True:
            try:
                with Session(self._engine) as session:
                    return look(session)
            except DBAPIError as error:
                if error.orig is None:
                    raise
                if not self._passes(error.orig) or time.monotonic() >= until:
                    raise self._unavailable(error.orig) or error from error
            time.sleep(_AGAIN_SECONDS)

    async def close(self) -> None:
        """Finish what is being read and give the connections back."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()
