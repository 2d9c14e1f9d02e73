"""Hints for other processes, kept by Procrastinate in the install's own PostgreSQL database.

A job says "look at this run", with the run's priority. It is inserted in one round trip for many runs, in
the transaction of the facts that make the look necessary where there is one. Of a run at most one job waits
(`queueing_lock`): a second one raises its priority, and by locking the first makes sure that nobody takes
that before the new facts stand. Procrastinate's triggers tell the listening workers, and its function for
fetching gives each job to one of them, the highest priority first.

A job is deleted as soon as it was taken: from then on it is the claim of the run, with the sign of life
behind it, that brings the run to another worker should this one die, and before the claim it is the sweep.
Procrastinate's own worker loop is not used, as it takes jobs whether or not this process has a slot for
the run, while another process may have one.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import LiteralString

import psycopg
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from opstream.adapters.queues.connecting import connect
from opstream.adapters.store.postgres.connecting import conninfo
from opstream.errors import StoreUnavailable

log = structlog.get_logger(__name__)

CHANNEL = "procrastinate_queue_v1#opstream"  # where Procrastinate's trigger tells of new jobs
DEFER: LiteralString = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args)
SELECT 'opstream', 'look', wanted.priority, 'look ' || wanted.run,
       jsonb_build_object('run_id', wanted.run)
FROM unnest(%s::text[], %s::int[]) AS wanted(run, priority)
ON CONFLICT (queueing_lock) WHERE status = 'todo'
DO UPDATE SET priority = greatest(procrastinate_jobs.priority, excluded.priority)
"""
_SCHEMA_LOCK = "SELECT pg_advisory_lock(7037001)"  # one process at a time makes the tables
_DEAD_AFTER_SECONDS = 60.0
_CONNECTIONS = 3


async def ensure_schema(url: str, name: str) -> None:
    """Make Procrastinate's tables where there are none.

    Raises:
        StoreUnavailable: the database cannot be reached, or this user may not make tables.
    """
    try:
        async with await connect(url, name, timedelta(seconds=30)) as connection:
            await connection.execute(_SCHEMA_LOCK)
            found = await connection.execute("SELECT to_regclass('procrastinate_jobs')")
            if (await found.fetchone() or (None,))[0] is None:
                await connection.execute(SchemaManager.get_schema())
    except psycopg.Error as error:
        raise StoreUnavailable(
            f"The queue's tables cannot be made in the database ({str(error).strip()}). Check the "
            "address, and that its user may create tables."
        ) from error


def rows_of(wanted: Mapping[str, int]) -> tuple[list[str], list[int]]:
    """Return the parameters of `DEFER` for runs by priority; always in the same order of runs."""
    runs = sorted(wanted)  # two processes that defer the same runs must not lock each other out
    return runs, [wanted[run] for run in runs]


class Jobs:
    """The jobs of the install, as one process sees them."""

    def __init__(self, url: str, name: str, silence: timedelta) -> None:
        logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it greets every start
        connector = PsycopgConnector(
            conninfo=conninfo(url, name, silence),
            min_size=1,
            max_size=_CONNECTIONS,
            kwargs={"autocommit": True},
        )
        self._app = App(connector=connector)
        self._worker: int | None = None

    async def open(self) -> None:
        """Open the connections; raises `ConnectorException` when there is no database."""
        await self._app.open_async()

    async def close(self) -> None:
        """Take our name off the list of workers and close the connections."""
        if self._worker is not None:
            try:
                await self._app.job_manager.unregister_worker(self._worker)
            except ConnectorException as error:
                log.warning("worker_not_signed_off", reason=str(error))
        await self._app.close_async()

    async def defer(self, wanted: Mapping[str, int]) -> None:
        """Leave a job for each run, by its priority.

        Raises:
            ConnectorException: the database did not take it.
        """
        connector = self._app.connector
        assert isinstance(connector, PsycopgConnector)
        try:
            async with connector.pool.connection() as connection:
                await connection.execute(DEFER, rows_of(wanted))
        except psycopg.Error as error:
            raise ConnectorException(str(error)) from error

    async def take(self) -> tuple[str, int] | None:
        """Take the job that goes first and return its run and priority; None when there is none.

        Raises:
            ConnectorException: the database did not answer.
        """
        manager = self._app.job_manager
        try:
            if self._worker is None:
                self._worker = await manager.register_worker()
            job = await manager.fetch_job(["opstream"], self._worker)
        except ConnectorException:
            self._worker = None  # the others may have struck us off while we were away
            raise
        if job is None or job.id is None:
            return None
        await manager.finish_job_by_id_async(job.id, Status.SUCCEEDED, delete_job=True)
        return str(job.task_kwargs["run_id"]), job.priority

    async def tidy(self) -> None:
        """Show that we live, and clear away what dead workers took and did not delete.

        Raises:
            ConnectorException: the database did not answer.
        """
        manager = self._app.job_manager
        if self._worker is not None:
            await manager.update_heartbeat(self._worker)
        await manager.prune_stalled_workers(_DEAD_AFTER_SECONDS)
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_DEAD_AFTER_SECONDS):
            if job.id is not None:
                await manager.finish_job_by_id_async(job.id, Status.ABORTED, delete_job=True)

    async def waiting(self) -> int:
        """Return how many jobs wait; raises `ConnectorException`."""
        rows = await self._app.job_manager.list_queues_async(queue="opstream")
        return sum(int(row["todo"]) for row in rows)
