"""The database of an install: opened once, by one process, with every store that stands in it."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

from opstream.adapters.store import failures, migrate
from opstream.adapters.store.artifacts import FileArtifacts
from opstream.adapters.store.audit import SqlAudit
from opstream.adapters.store.delegations import SqlDelegations
from opstream.adapters.store.deliveries import SqlDeliveries
from opstream.adapters.store.figures import SqlFigures
from opstream.adapters.store.given_roles import SqlGivenRoles
from opstream.adapters.store.memory import SqlMemory
from opstream.adapters.store.notices import SqlNotices
from opstream.adapters.store.oblivion import SqlOblivion
from opstream.adapters.store.open_approvals import SqlOpenApprovals
from opstream.adapters.store.ownership import Ownership
from opstream.adapters.store.postings import SqlPostings
from opstream.adapters.store.prompts import SqlPrompts
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.results import SqlResults
from opstream.adapters.store.retained import SqlRetained
from opstream.adapters.store.runs import AllOurs, SqlRuns
from opstream.adapters.store.schedules import SqlSchedules
from opstream.adapters.store.sealed import SqlSealed
from opstream.adapters.store.usage import SqlUsage
from opstream.adapters.store.workflows import SqlWorkflows
from opstream.adapters.store.writer import Durability, Writer
from opstream.errors import StoreUnavailable

FILE = "opstream.db"
ARTIFACTS = "artifacts"
_READERS = 2


class Database:
    """All stores on one SQLite file.

    Attributes:
        writer: Every write goes through it; its counters tell how well commits are grouped.
    """

    def __init__(self, folder: Path, ownership: Ownership, writer: Writer, reader: Reader) -> None:
        self.writer = writer
        self.runs = SqlRuns(writer, reader, AllOurs())
        self.figures = SqlFigures(reader)
        self.postings = SqlPostings(writer, reader)
        self.notices = SqlNotices(writer, reader)
        self.deliveries = SqlDeliveries(writer, reader)
        self.workflows = SqlWorkflows(writer, reader)
        self.prompts = SqlPrompts(writer, reader)
        self.schedules = SqlSchedules(writer, reader)
        self.sealed = SqlSealed(writer, reader)
        self.open_approvals = SqlOpenApprovals(reader)
        self.delegations = SqlDelegations(writer, reader)
        self.usage = SqlUsage(writer, reader)
        self.results = SqlResults(writer, reader)
        self.audit = SqlAudit(writer, reader)
        self.artifacts = FileArtifacts(folder / ARTIFACTS)
        self.roles = SqlGivenRoles(writer, reader)
        self.retained = SqlRetained(writer, reader, self.artifacts)
        self.oblivion = SqlOblivion(writer, reader)
        self.memory = SqlMemory(writer, reader)
        self._ownership = ownership
        self._reader = reader

    @classmethod
    async def open(
        cls,
        folder: Path,
        *,
        busy_timeout: timedelta = timedelta(seconds=5),
        durability: Durability = "full",
    ) -> "Database":
        """Own a data folder, bring its database to this version, and open it.

        Args:
            busy_timeout: How long a write waits while another program holds the database's lock.
            durability: "full" survives a power cut; "normal" is faster and survives a crash.

        Raises:
            AlreadyRunning: another process owns the folder.
            StoreUnavailable: it cannot be used; the sentence says what to do.
        """
        return await asyncio.to_thread(cls._open, folder, busy_timeout, durability)

    @classmethod
    def _open(cls, folder: Path, busy_timeout: timedelta, durability: Durability) -> "Database":
        path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            ownership = Ownership.take(folder)
        except OSError as error:
            raise StoreUnavailable(
                f"The data folder {folder} cannot be used ({error.strerror}). Give the user that "
                "runs OpStream the right to write there, or choose another data folder."
            ) from error
        try:
            migrate.to_head(path, busy_timeout)
            writer = Writer(path, busy_timeout, durability)
        except sqlite3.Error as error:
            ownership.release()
            raise failures.unavailable(error, path) from error
        except StoreUnavailable:
            ownership.release()
            raise
        return cls(folder, ownership, writer, Reader.of_file(path, busy_timeout, _READERS))

    async def close(self) -> None:
        """Write what is queued, then give the file and the folder back."""
        await self._reader.close()
        await self.writer.close()
        self._ownership.release()
