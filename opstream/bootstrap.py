"""Wires an install: settings -> adapters -> services. The only file that knows every adapter."""

import gc
import random
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from config.settings import McpServer as ServerSettings
from config.settings import Settings
from opstream.adapters import telemetry
from opstream.adapters.clock import SystemClock
from opstream.adapters.connectors import registry as connectors
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.settings import McpServer, Transport
from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.store.database import Database
from opstream.adapters.timetable import SchedulerTimetable
from opstream.definitions.catalog import Catalog
from opstream.domain.person import Role
from opstream.governance.people import People, RoleBook
from opstream.ports import Clock, Defaults, DeliveryStore, Messenger, Operations, PostingStore
from opstream.runs.journal import Journal
from opstream.runs.performers import Performer
from opstream.runs.runner import Runner
from opstream.runs.service import Runs
from opstream.runs.views import Views
from opstream.services import Services

_GIVE_WAY_SECONDS = 0.0005
_COLLECT_AFTER = (700, 10, 100)  # as Python does, but the old ones ten times more seldom


@dataclass(frozen=True, slots=True)
class Stores:
    """What an edge needs before there are services: its own memory, and the time."""

    database: Database
    clock: Clock

    async def close(self) -> None:
        """Write what is queued and give the data folder back."""
        await self.database.close()

    @property
    def postings(self) -> PostingStore:
        """Where our messages stand."""
        return self.database.postings

    @property
    def deliveries(self) -> DeliveryStore:
        """What was taken up already."""
        return self.database.deliveries


class Install:
    """A wired install: its services, and what has to be started and stopped with it."""

    def __init__(
        self,
        services: Services,
        stores: Stores,
        servers: McpRegistry,
        queue: SchedulerQueue,
        timetable: SchedulerTimetable,
    ) -> None:
        self.services = services
        self._stores = stores
        self._servers = servers
        self._queue = queue
        self._timetable = timetable

    async def start(self) -> None:
        """Take up every run where it was left, and start the tools; returns at once."""
        await self._servers.start()
        self._queue.start()
        await self._timetable.start()

    async def look_around(self) -> None:
        """Look at every run that is due now, without waiting for the alarm or the sweep."""
        await self._timetable.sweep()

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Stop looking at runs, then the tools; nothing is lost.

        Args:
            grace: How long calls under way may still take before they are cancelled.
        """
        await self._timetable.stop()
        await self._queue.stop(grace)
        await self._servers.stop()


def spare_the_loop() -> None:
    """Keep the rest of the process from holding up the event loop; to be called once all stands.

    Python's own settings let a thread of the database run for 5 ms before it gives way, and go through
    every object of the process (0.1 s) again and again, although nearly all of them stay for good.
    """
    sys.setswitchinterval(_GIVE_WAY_SECONDS)
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def set_up_logs(settings: Settings) -> None:
    """Send logs where the settings want them, with secrets masked."""
    telemetry.set_up(level=settings.log.level, form=settings.log.format, secrets=settings.secrets())


async def open_stores(settings: Settings, clock: Clock | None = None) -> Stores:
    """Open the data folder.

    Raises:
        AlreadyRunning: another process owns it.
        StoreUnavailable: it cannot be used.
    """
    database = await Database.open(settings.data_dir, busy_timeout=settings.database.busy_timeout)
    return Stores(database, clock or SystemClock())


async def install(
    settings: Settings,
    stores: Stores,
    messenger: Messenger,
    environment: Mapping[str, str],
    *,
    operations: Operations | None = None,
) -> Install:
    """Wire everything; `operations` replaces the configured tools."""
    servers = McpRegistry(
        [_server(name, one) for name, one in settings.servers.items()],
        environment,
        settings.secrets(),
    )
    calls = operations or AllOperations(
        [*servers.sources, *connectors.installed(environment)],
        settings.mcp.aliases,
        settings.runs.output_bytes,
    )
    return await _wired(settings, stores, messenger, servers, calls)


async def _wired(
    settings: Settings,
    stores: Stores,
    messenger: Messenger,
    servers: McpRegistry,
    operations: Operations,
) -> Install:
    database, clock = stores.database, stores.clock
    catalog = Catalog(settings.workflow_dirs, database.workflows, clock)
    await catalog.load()
    queue = SchedulerQueue(at_once=settings.runs.runs_at_once)
    timetable = SchedulerTimetable(queue, database.runs, clock)
    people = People(_roles(settings))
    journal = Journal(database.runs, catalog, timetable)
    views = Views(database.runs, people, clock)
    performer = Performer(operations, messenger, clock, _defaults(settings), random.random)
    queue.bind(Runner(journal, performer, views, messenger, clock).advance)
    runs = Runs(
        store=database.runs,
        postings=database.postings,
        journal=journal,
        views=views,
        catalog=catalog,
        queue=queue,
        clock=clock,
        operations=operations,
        new_key=secrets.token_hex,
    )
    services = Services(runs, catalog, people, operations, database.deliveries)
    return Install(services, stores, servers, queue, timetable)


def _defaults(settings: Settings) -> Defaults:
    return Defaults(
        step_timeout=settings.runs.step_timeout,
        calls_at_once=settings.runs.calls_at_once,
        runs_at_once=settings.runs.runs_at_once,
        output_bytes=settings.runs.output_bytes,
    )


def _roles(settings: Settings) -> RoleBook:
    book = settings.roles
    return RoleBook(
        default=frozenset(Role(role) for role in book.default),
        people={id: frozenset(Role(role) for role in roles) for id, roles in book.people.items()},
        workspace_admins=frozenset(Role(role) for role in book.workspace_admins),
    )


def _server(name: str, one: ServerSettings) -> McpServer:
    remote = one.url is not None
    return McpServer(
        name=name,
        command=one.command or "",
        args=tuple(one.args),
        env=one.env,
        cwd=str(Path(one.cwd)),
        url=str(one.url or ""),
        headers=one.headers,
        transport=Transport(one.transport or ("http" if remote else "stdio")),
        connect_timeout=one.connect_timeout,
        call_timeout=one.timeout,
        reads=tuple(one.reads),
        writes=tuple(one.writes),
    )
