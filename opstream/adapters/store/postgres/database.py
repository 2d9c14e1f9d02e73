"""A PostgreSQL database that any number of processes share, with every store that stands in it."""

import asyncio
import contextlib
import os
import secrets
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg import Connection
from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool

from opstream.adapters.store.audit import SqlAudit
from opstream.adapters.store.delegations import SqlDelegations
from opstream.adapters.store.deliveries import SqlDeliveries
from opstream.adapters.store.figures import SqlFigures
from opstream.adapters.store.given_roles import SqlGivenRoles
from opstream.adapters.store.memory import SqlMemory
from opstream.adapters.store.notices import SqlNotices
from opstream.adapters.store.oblivion import SqlOblivion
from opstream.adapters.store.open_approvals import SqlOpenApprovals
from opstream.adapters.store.postgres import migrate
from opstream.adapters.store.postgres.artifacts import PostgresArtifacts
from opstream.adapters.store.postgres.connecting import (
    complaint_about,
    connect_to_read,
    connect_to_write,
    conninfo,
)
from opstream.adapters.store.postgres.failures import Failures, is_lost, unreadable
from opstream.adapters.store.postgres.group import LeaveJobs
from opstream.adapters.store.postgres.workers import PostgresClaims, Workers
from opstream.adapters.store.postgres.writer import PostgresWriter
from opstream.adapters.store.postings import SqlPostings
from opstream.adapters.store.prompts import SqlPrompts
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.results import SqlResults
from opstream.adapters.store.retained import SqlRetained
from opstream.adapters.store.runs import SqlRuns
from opstream.adapters.store.schedules import SqlSchedules
from opstream.adapters.store.sealed import SqlSealed
from opstream.adapters.store.usage import SqlUsage
from opstream.adapters.store.workflows import SqlWorkflows
from opstream.adapters.store.writer import Durability
from opstream.errors import StoreUnavailable

T = TypeVar("T")
_READERS = 4
_AGAIN_SECONDS = 0.2


def new_name() -> str:
    """Return a name for this process that no other one has or had: machine, process id, a number."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"


class PostgresDatabase:
    """All stores on one PostgreSQL database.

    Attributes:
        writer: Every write goes through it; its counters tell how well commits are grouped.
        workers: The processes that share the database; `beat` has to be called several times a lease.
    """

    def __init__(self, writer: PostgresWriter, reader: Reader, me: str, lease: timedelta) -> None:
        process = (socket.gethostname(), os.getpid())
        self.me = me
        self.writer = writer
        self.workers = Workers(writer, reader, me, process, lease)
        self.runs = SqlRuns(writer, reader, PostgresClaims(writer, reader, self.workers, me))
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
        self.artifacts = PostgresArtifacts(writer, reader)
        self.roles = SqlGivenRoles(writer, reader)
        self.retained = SqlRetained(writer, reader, self.artifacts)
        self.oblivion = SqlOblivion(writer, reader)
        self.memory = SqlMemory(writer, reader)
        self._reader = reader

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        me: str | None = None,
        lease: timedelta = timedelta(seconds=6),
        durability: Durability = "full",
        patience: timedelta = timedelta(seconds=10),
    ) -> "PostgresDatabase":
        """Bring a database to this version's schema, and open it.

        Args:
            url: `postgresql://user:password@host:5432/name`.
            me: The name by which this process claims runs; None for a new one.
            lease: After so long without a sign of life a process counts as dead.
            durability: "full" survives a power cut of the server; "normal" is faster.
            patience: How long the server may stay away, as while it starts again, before anybody is
                told.

        Raises:
            StoreUnavailable: it cannot be used; the sentence says what to do.
        """
        opened = await asyncio.to_thread(
            cls._open, url, me or new_name(), lease, durability, patience
        )
        try:
            await opened.workers.forget_the_dead()
        except StoreUnavailable:
            await opened.close()
            raise
        return opened

    @classmethod
    def _open(
        cls, url: str, me: str, lease: timedelta, durability: Durability, patience: timedelta
    ) -> "PostgresDatabase":
        try:
            how = conninfo(url, me, lease)
        except psycopg.Error:
            raise unreadable() from None  # its text may hold the password
        failures = Failures(how)
        connect = partial(connect_to_write, how, durability, lease / 3)
        try:
            _insist(lambda: prepare(how, failures), patience)
            writer = PostgresWriter(connect, failures, me, patience)
        except psycopg.Error as error:
            raise failures.unavailable(error) from error
        return cls(writer, _reader(how, failures, patience), me, lease)

    def on_commit(self, leave_jobs: LeaveJobs) -> None:
        """Say what leaves jobs for other processes, in the transaction of the facts.

        Args:
            leave_jobs: Gives the statement for what is being committed; called in the writer's thread.
        """
        self.writer.leave_jobs = leave_jobs

    async def close(self) -> None:
        """Write what is queued, take this process off the list, and give the connections back."""
        with contextlib.suppress(StoreUnavailable):  # else the others find out by its silence
            await self.workers.gone()
        await self._reader.close()
        await self.writer.close()


def prepare(how: str, failures: Failures) -> None:
    """Check that a server can be used, and bring the schema to this version's.

    Raises:
        StoreUnavailable: it cannot be used, or a newer OpStream wrote it.
        psycopg.Error: it cannot be reached, or refuses.
    """
    with psycopg.connect(how, autocommit=True) as connection:
        if why := complaint_about(connection):
            raise failures.unfit(why)
        migrate.to_head(connection, failures.where)


def _insist(attempt: Callable[[], None], patience: timedelta) -> None:
    """Do something again and again while the server cannot be reached, or is still starting."""
    until = time.monotonic() + patience.total_seconds()
    while True:
        try:
            return attempt()
        except psycopg.Error as error:
            if not is_lost(error) or time.monotonic() >= until:
                raise
        time.sleep(_AGAIN_SECONDS)


def _reader(how: str, failures: Failures, patience: timedelta) -> Reader:
    def unavailable(error: BaseException) -> StoreUnavailable | None:
        return failures.unavailable(error) if isinstance(error, psycopg.Error) else None

    def connect() -> "Connection[Any]":
        return connect_to_read(how)

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=_READERS,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",  # each SELECT by itself
    )
    return Reader(engine, _READERS, unavailable, is_lost, patience)
