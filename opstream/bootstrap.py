"""Wires an install: settings -> adapters -> services. The only file that knows every adapter."""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from config import settings as configuration
from config.settings import McpServer as ServerSettings
from config.settings import Settings
from opstream.adapters import detectors, telemetry
from opstream.adapters.clock import SystemClock
from opstream.adapters.connectors import registry as connectors
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.settings import McpServer, Transport
from opstream.adapters.models.none import NoModel
from opstream.adapters.outside import AppriseOutside
from opstream.adapters.pace import spare_the_loop as spare_the_loop
from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.secrets import OperationsWithSecrets, Secrets
from opstream.adapters.store.database import Database
from opstream.adapters.stores import Stores as Stores
from opstream.adapters.stores import move as move
from opstream.adapters.stores import open_shared
from opstream.adapters.timetable import SchedulerTimetable
from opstream.adapters.vault import Vault as SealedVault
from opstream.definitions.catalog import Catalog
from opstream.domain.notification import Frequency, Preferences, QuietHours
from opstream.domain.person import Role
from opstream.domain.sensitive import Sensitive
from opstream.drawing import text
from opstream.governance import bundle as governance
from opstream.governance.people import People, RoleBook
from opstream.governance.permissions import Rules
from opstream.governance.retention import Periods
from opstream.governance.sanitised import OperationsSanitised
from opstream.governance.sanitising import Sanitiser
from opstream.notifications.dispatcher import Dispatcher
from opstream.notifications.rounds import Rounds
from opstream.notifications.runs import TellingMessenger
from opstream.notifications.service import Kept as KeptNotices
from opstream.notifications.service import Notifications
from opstream.ports import (
    Clock,
    Defaults,
    Kind,
    Messenger,
    NoticeDefaults,
    Operations,
    Vault,
    Vitals,
)
from opstream.runs.children import Children
from opstream.runs.duties import CancelChildren, TellParent
from opstream.runs.journal import Journal
from opstream.runs.performers import Beside, Performer
from opstream.runs.runner import Runner
from opstream.runs.views import Views
from opstream.services import Kept, Services, opened

if TYPE_CHECKING:  # what only some installs need is imported late
    from opstream.adapters.stores import AnyQueue


@dataclass(frozen=True, slots=True)
class Install:
    """A wired install: its services, and what has to be started and stopped with it."""

    services: Services
    _stores: Stores
    _servers: McpRegistry
    _local: SchedulerQueue
    _queue: "AnyQueue"
    _timetable: SchedulerTimetable
    _rounds: Rounds

    async def start(self) -> None:
        """Take up every run where it was left, and start the tools; returns at once.

        Raises:
            StoreUnavailable: the database that it shares with others cannot be reached.
        """
        await self._servers.start()
        await self._stores.join()
        self._queue.start()
        if self._stores.works:
            await self._timetable.start()
        if self._stores.shared is not None:
            self._rounds.start()

    async def start_tools(self) -> None:
        """Start the tools alone, so that one can ask what they offer."""
        await self._servers.start()

    async def look_around(self) -> None:
        """Look at every run that is due now, without waiting for the alarm or the sweep."""
        await self._timetable.sweep()

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Stop looking at runs, then the tools; nothing is lost.

        Args:
            grace: How long calls under way may still take before they are cancelled.
        """
        await self._rounds.stop()
        await self._timetable.stop()
        await self._queue.stop(grace)
        await self._servers.stop()

    async def vitals(self) -> Vitals:
        """Return how this process is doing."""
        return Vitals(
            trouble=await self._stores.trouble(),
            waiting=self._local.waiting,
            under_way=self._local.under_way,
            last_look_at=self._local.last_look_at,
            sources=self.services.operations.sources(),
        )


def set_up_logs(settings: Settings) -> None:
    """Send logs where the settings want them, with secrets masked."""
    telemetry.set_up(
        level=settings.log.level,
        form=settings.log.format,
        secrets=(*settings.secrets(), *Secrets(variables()).values()),
    )


def variables() -> Mapping[str, str]:
    """Return the environment of this process on top of what `.env` says."""
    return configuration.variables()


def read_settings(
    folder: Path | None = None, database: str | None = None, workflows: Sequence[Path] = ()
) -> Settings:
    """Return the settings of this process, but for what is given; as `config.settings.load_but`."""
    return configuration.load_but(folder, database, workflows)


def shares_database() -> bool:
    """Whether the install of this process is on a database that others may use at the same time."""
    return read_settings().database.url is not None


async def open_stores(
    settings: Settings, clock: Clock | None = None, *, works: bool = True
) -> Stores:
    """Open the database: PostgreSQL where there is an address, else the data folder.

    Args:
        settings: Of this process.
        clock: The time; None means the machine's.
        works: Whether this process advances runs; without PostgreSQL it always does.

    Raises:
        AlreadyRunning: another process owns the data folder.
        StoreUnavailable: the database cannot be used.
    """
    clock, chosen, workers = clock or SystemClock(), settings.database, settings.workers
    if chosen.url is None:
        database = await Database.open(
            settings.data_dir, busy_timeout=chosen.busy_timeout, durability=chosen.durability
        )
        return Stores(database, clock)
    return await open_shared(
        chosen.url.get_secret_value(),
        workers.name,
        clock,
        lease=workers.lease,
        durability=chosen.durability,
        works=works,
    )


def vault(settings: Settings, stores: Stores) -> Vault:
    """Return the encrypted store of an install."""
    key, shared = settings.database.key, stores.shared is not None
    folder = None if shared else settings.data_dir
    return SealedVault(stores.database.sealed, key.get_secret_value() if key else "", folder)


async def install(
    settings: Settings,
    stores: Stores,
    messenger: Messenger,
    environment: Mapping[str, str],
    *,
    operations: Operations | None = None,
    things: Sequence[object] = (),
) -> Install:
    """Wire everything.

    Args:
        settings: Of this process.
        stores: What is kept, and shared with other processes.
        messenger: Hears what runs do.
        environment: Where secrets are.
        operations: Replaces the configured tools.
        things: Connectors and functions with `@operation` that there are besides.

    Raises:
        BadInput: a thing is no operation, or its name is taken.
    """
    known = Secrets(environment)
    servers = McpRegistry(
        [_server(name, one) for name, one in settings.servers.items()],
        environment,
        [*settings.secrets(), *known.values()],
    )
    brought = connectors.Brought(settings.operations, settings.config_dir, things)
    calls = operations or AllOperations(
        [*servers.sources, *connectors.installed(environment, brought)],
        settings.mcp.aliases,
    )
    return await _wired(settings, stores, messenger, servers, (calls, known))


async def _wired(  # noqa: PLR0915 - one line a part
    settings: Settings,
    stores: Stores,
    messenger: Messenger,
    servers: McpRegistry,
    tools: tuple[Operations, Secrets],
) -> Install:
    database, clock, defaults = stores.database, stores.clock, _defaults(settings)
    sanitiser = _sanitiser(settings)
    operations = OperationsSanitised(OperationsWithSecrets(*tools), sanitiser)
    catalog = Catalog(settings.workflow_dirs, database.workflows, clock)
    await catalog.load()
    local = SchedulerQueue(at_once=settings.runs.runs_at_once)
    queue, timetable = stores.queue(local)
    people = People(_roles(settings), database.roles)
    await people.refresh()

    async def refresh() -> None:
        await catalog.refresh()
        await people.refresh()

    stores.keep_known(refresh)
    kept = governance.Stores(
        database.audit, database.roles, database.retained, database.oblivion, database.runs
    )
    governed = governance.govern(kept, people, clock, _periods(settings), secrets.token_hex)
    journal = Journal(database.runs, catalog, timetable, shared=stores.shared is not None)
    views = Views(database.runs, people, clock)
    notifications = _notifications(settings, stores, timetable, tools[1])
    messenger = TellingMessenger(messenger, notifications)
    desk = opened(
        Kept(
            runs=database.runs,
            figures=database.figures,
            postings=database.postings,
            deliveries=database.deliveries,
            schedules=database.schedules,
            artifacts=database.artifacts,
            audit=database.audit,
            open_approvals=database.open_approvals,
            delegations=database.delegations,
            operations=operations,
            queue=queue,
            timetable=timetable,
            clock=clock,
            catalog=catalog,
            people=people,
            governance=governed,
            sanitiser=sanitiser,
            notifications=notifications,
            journal=journal,
            views=views,
            defaults=defaults,
            secrets=tools[1].find,
            new_key=secrets.token_hex,
            draw=lambda workflow: "\n".join(text.draw(workflow)),
        )
    )
    beside = Beside(NoModel(), Children(catalog, desk.starter, clock), database.artifacts)
    performer = Performer(operations, messenger, clock, defaults, random.random, beside)
    tells = TellParent(journal, queue, clock)
    cancels = CancelChildren(database.runs, journal, queue, clock)
    duties = (tells, cancels, desk.follow, desk.release)
    queue.bind(Runner(journal, performer, views, messenger, clock, duties).advance)
    timetable.also(desk.services.schedules)
    timetable.also(desk.release)
    timetable.also(notifications.dispatcher)
    timetable.also(governed.retention)
    rounds = Rounds(notifications.dispatcher, clock)
    return Install(desk.services, stores, servers, local, queue, timetable, rounds)


def _notifications(
    settings: Settings, stores: Stores, timetable: SchedulerTimetable, secrets_: Secrets
) -> Notifications:
    addresses = {
        name: one.get_secret_value()
        for name, one in settings.slack.notifications.outside.items()
        if one.get_secret_value()
    }
    outside = AppriseOutside(addresses, secrets_.find)
    kept, defaults = stores.database.notices, _notice_defaults(settings)
    dispatcher = Dispatcher(kept, outside, stores.clock, timetable, defaults)
    audit = stores.database.audit
    return Notifications(dispatcher, KeptNotices(kept, audit, stores.clock, outside, defaults))


def _notice_defaults(settings: Settings) -> NoticeDefaults:
    slack = settings.slack
    quiet, rate = slack.notifications.quiet_hours, slack.notifications.max_frequency
    preferences = Preferences(
        quiet=QuietHours(quiet.start, quiet.end) if quiet else None,
        timezone=slack.notifications.timezone,
        frequency=Frequency(rate.count, rate.per) if rate else None,
    )
    return NoticeDefaults(slack.default_channel or "", slack.critical_channel or "", preferences)


def _defaults(settings: Settings) -> Defaults:
    servers = settings.servers.items()
    return Defaults(
        step_timeout=settings.runs.step_timeout,
        calls_at_once=settings.runs.calls_at_once,
        runs_at_once=settings.runs.runs_at_once,
        output_bytes=settings.runs.output_bytes,
        calls_per_source={name: one.at_once for name, one in servers if one.at_once},
        runs_per_person=settings.runs.per_person,
    )


def _roles(settings: Settings) -> RoleBook:
    book = settings.roles
    return RoleBook(
        default=_some_roles(book.default),
        people={id: _some_roles(roles) for id, roles in book.people.items()},
        workspace_admins=_some_roles(book.workspace_admins),
        groups={name: _some_roles(roles) for name, roles in book.groups.items()},
        rules=Rules(
            workflows={
                name: {Role(role): frozenset(who) for role, who in rule.items()}
                for name, rule in book.workflows.items()
            },
            operations={name: Role(role) for name, role in book.operations.items()},
        ),
    )


def _some_roles(names: Sequence[str]) -> frozenset[Role]:
    return frozenset(Role(name) for name in names)


def _sanitiser(settings: Settings) -> Sanitiser:
    wanted = settings.sanitising
    stored = frozenset(Sensitive(one) for one in wanted.stored)
    return Sanitiser(detectors.find, stored, frozenset(Sensitive(one) for one in wanted.models))


def _periods(settings: Settings) -> Periods:
    kept = settings.retention
    wanted = {kind: getattr(kept, kind.value) for kind in Kind}
    return Periods({kind: time for kind, time in wanted.items() if time is not None}, kept.every)


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
