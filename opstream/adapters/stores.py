"""What an edge needs before there are services: a memory, the time, and who else is there."""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from opstream.adapters.queues.alone import Alone, Chat, ChatMessenger
from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.store.database import Database
from opstream.adapters.store.writer import Durability
from opstream.adapters.timetable import SchedulerTimetable
from opstream.errors import OpStreamError, StoreUnavailable
from opstream.ports import Clock, Messenger, PostingStore

if TYPE_CHECKING:  # see `open_shared`
    from opstream.adapters.queues.procrastinate import SharedQueue
    from opstream.adapters.queues.sharing import Sharing
    from opstream.adapters.store.postgres.database import PostgresDatabase

    AnyDatabase = Database | PostgresDatabase
    AnyQueue = SchedulerQueue | SharedQueue

_ANSWER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Shared:
    """A database that other processes use, too, and this process among them.

    Args:
        works: Whether this process advances runs.
    """

    database: "PostgresDatabase"
    sharing: "Sharing"
    works: bool


@dataclass(frozen=True, slots=True)
class Stores:
    """The memory of an install.

    Args:
        shared: The database once more, where this is not the only process.
    """

    database: "AnyDatabase"
    clock: Clock
    shared: Shared | None = None

    @property
    def works(self) -> bool:
        """Whether this process advances runs."""
        return self.shared is None or self.shared.works

    async def join(self) -> None:
        """Show the other processes that this one is there.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """
        if self.shared is not None:
            await self.shared.sharing.start(self.shared.database.workers)

    async def trouble(self) -> str:
        """Return why the database does not answer, as a sentence; empty when it does."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self.database.runs.next_wake()
        except StoreUnavailable as error:
            return str(error)
        except TimeoutError:
            return f"The database has not answered for {_ANSWER_SECONDS} s."
        return ""

    async def close(self) -> None:
        """Write what is queued and give everything back."""
        if self.shared is not None:
            await self.shared.sharing.stop()
        await self.database.close()

    @property
    def postings(self) -> PostingStore:
        """Where our messages stand."""
        return self.database.postings

    def keep_known(self, refresh: Callable[[], Awaitable[object]]) -> None:
        """Have workflows that another process publishes looked up; to be called before `join`."""
        if self.shared is not None:
            self.shared.sharing.keep_known(refresh)

    def messenger(self, make_chat: Callable[[], Chat]) -> ChatMessenger:
        """Return the messenger of a process that is connected to the chat."""
        return self.shared.sharing.posting(make_chat) if self.shared else Alone(make_chat())

    def announcer(self) -> Messenger:
        """Return the messenger of a process that is not.

        Raises:
            OpStreamError: it would be the only process there is, and nobody would hear of its runs.
        """
        if self.shared is None:
            raise OpStreamError(
                "A worker shares a PostgreSQL database with the process that serves Slack. Set "
                "OPSTREAM_DATABASE_URL for both, or run `opstream start` alone: it works, too."
            )
        return self.shared.sharing.announcer()

    def queue(self, local: SchedulerQueue) -> "tuple[AnyQueue, SchedulerTimetable]":
        """Return what looks at runs, and what wakes them: for one process, or for one of many."""
        if self.shared is None:
            return local, SchedulerTimetable(local, self.database.runs, self.clock)
        database, sharing = self.shared.database, self.shared.sharing
        queue, duty = sharing.queue(local, database.runs), sharing.duty()
        timetable = SchedulerTimetable(
            queue, database.runs, self.clock, sweep_every=sharing.sweep_every, duty=duty
        )
        duty.bind(timetable.wake_at)
        database.on_commit(queue.jobs_of)
        return queue, timetable


async def open_shared(
    url: str,
    name: str | None,
    clock: Clock,
    *,
    lease: timedelta,
    durability: Durability,
    works: bool,
) -> Stores:
    """Open a PostgreSQL database that other processes use, too.

    Args:
        url: Its address.
        name: What logs call this process; None means its machine and process id.
        clock: The time.
        lease: After so long without a sign of life a process counts as dead.
        durability: As of the database.
        works: Whether this process advances runs.

    Raises:
        StoreUnavailable: it cannot be used.
    """
    # They take half a second to import, which an install on SQLite need not wait for.
    from opstream.adapters.queues.sharing import Sharing
    from opstream.adapters.store.postgres.database import PostgresDatabase

    me = f"{name or f'{socket.gethostname()}-{os.getpid()}'}-{secrets.token_hex(3)}"
    database = await PostgresDatabase.open(url, me=me, lease=lease, durability=durability)
    shared = Shared(database, Sharing(url, me, lease, works=works), works)
    return Stores(database, clock, shared)


async def move(
    folder: Path, url: str, progress: Callable[[str, int, int], None]
) -> Mapping[str, int]:
    """Move a SQLite install to an empty PostgreSQL database and return how many rows, by table.

    Args:
        folder: The data folder; OpStream must not run on it.
        url: Address of the database.
        progress: Hears, by table, how many rows of how many have been copied; in another thread.

    Raises:
        BadInput: there is nothing to move, or the database holds something already.
        StoreUnavailable: one of the two cannot be used; nothing was moved.
    """
    from opstream.adapters.store import moving  # as above

    return (await moving.move(folder, url, progress)).counts
