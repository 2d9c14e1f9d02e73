"""Wires an install: settings -> adapters -> services."""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config import settings as configuration
from config.settings import Settings
from opstream.adapters import telemetry
from opstream.adapters.clock import SystemClock
from opstream.adapters.connectors import registry as connectors
from opstream.adapters.connectors.openapi.registry import ApiRegistry
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.secrets import OperationsWithSecrets, Secrets
from opstream.adapters.store.database import Database
from opstream.adapters.stores import Stores, open_shared
from opstream.adapters.timetable import SchedulerTimetable
from opstream.adapters.vault import Vault as SealedVault
from opstream.agent import shipped
from opstream.agent.mind import AgentMind
from opstream.agent.own import OperationsWithOwn, OwnTools
from opstream.agent.remembering import RememberTalk
from opstream.agent.toolbox import Toolbox
from opstream.bootstrap import aliases, apis, mcp, memory, parts, prompts, spending
from opstream.bootstrap.install import Install as Install
from opstream.bootstrap.models import Thinking, thinking
from opstream.bootstrap.pulse import Pulse
from opstream.definitions.catalog import Catalog
from opstream.definitions.prompt_book import PromptBook
from opstream.drawing import text
from opstream.governance.people import People
from opstream.governance.sanitised import OperationsSanitised
from opstream.notifications.lookout import Lookout
from opstream.notifications.rounds import Rounds
from opstream.notifications.runs import TellingMessenger
from opstream.ports import Clock, LanguageModel, Messenger, Operations, Vault
from opstream.runs.children import Children
from opstream.runs.duties import CancelChildren, TellParent
from opstream.runs.journal import Journal
from opstream.runs.performers import Beside, Performer
from opstream.runs.remembering import RememberRun
from opstream.runs.runner import Runner
from opstream.runs.telling import TellWatchers
from opstream.services import Kept, opened

if TYPE_CHECKING:  # what only some installs need is imported late
    from opstream.adapters.stores import AnyQueue


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


@dataclass(frozen=True, slots=True)
class Instead:
    """What takes the place of something configured; None leaves it as it is.

    Args:
        operations: For all tools.
        model: For all models.
    """

    operations: Operations | None = None
    model: LanguageModel | None = None


async def install(
    settings: Settings,
    stores: Stores,
    messenger: Messenger,
    environment: Mapping[str, str],
    *,
    instead: Instead = Instead(),
    things: Sequence[object] = (),
) -> Install:
    """Wire everything.

    Args:
        settings: Of this process.
        stores: What is kept, and shared with other processes.
        messenger: Hears what runs do.
        environment: Where secrets are.
        instead: What takes the place of something configured.
        things: Connectors and functions with `@operation` that there are besides.

    Raises:
        BadInput: a thing is no operation, or its name is taken.
    """
    known = Secrets(environment)
    hidden = [*settings.secrets(), *known.values()]
    reached = apis.reached(settings, stores.clock, known)
    servers = mcp.registry(settings, environment, hidden, vault(settings, stores), reached.servers)
    brought = connectors.Brought(settings.operations, settings.config_dir, things)
    calls = instead.operations or AllOperations(
        [*servers.sources, *reached.apis.sources, *connectors.installed(environment, brought)],
        aliases.names(settings.mcp.aliases),
        shaped=(aliases.shaped(settings.mcp.aliases), stores.clock),
    )
    thought = thinking(settings, stores, parts.sanitiser(settings))
    tools = _Tools(servers, calls, known, instead.model or thought.model, thought, reached.apis)
    return await _wired(settings, stores, messenger, tools)


@dataclass(frozen=True, slots=True)
class _Tools:
    """What runs work with."""

    servers: McpRegistry
    operations: Operations
    secrets: Secrets
    model: LanguageModel
    thinking: Thinking
    apis: ApiRegistry


@dataclass(frozen=True, slots=True)
class _Base:
    """What everything else is wired to."""

    settings: Settings
    stores: Stores
    tools: _Tools
    catalog: Catalog
    templates: PromptBook
    people: People
    local: SchedulerQueue
    queue: "AnyQueue"
    timetable: SchedulerTimetable


async def _wired(
    settings: Settings,
    stores: Stores,
    messenger: Messenger,
    tools: _Tools,
) -> Install:
    base = await _base(settings, stores, tools)
    queue, timetable, clock = base.queue, base.timetable, stores.clock
    kept = _kept(base)
    await kept.notifications.refresh()
    desk = opened(kept)
    telling = TellingMessenger(messenger, kept.notifications)
    model, children = tools.model, Children(base.catalog, desk.starter, clock)
    toolbox = Toolbox(kept.operations, base.people.rules)
    mind = AgentMind(model, toolbox, base.people, clock, kept.sanitiser, kept.knowledge.compacted)
    beside = Beside(model, mind, children, kept.artifacts)
    performer = Performer(kept.operations, telling, clock, kept.defaults, random.random, beside)
    tells = TellParent(kept.journal, queue, clock)
    cancels = CancelChildren(kept.runs, kept.journal, queue, clock)
    watched = TellWatchers(kept.notifications)
    remembers = RememberRun(kept.knowledge), RememberTalk(kept.knowledge)
    duties = (tells, cancels, desk.follow, desk.release, watched, *remembers)
    hearing = mcp.answered(tools.servers, kept.journal, queue, clock, model, telling)
    runner = Runner(kept.journal, performer, kept.views, hearing, clock, duties)
    queue.bind(runner.advance)
    dispatcher = kept.notifications.dispatcher
    for ticker in (desk.services.schedules, desk.release, dispatcher, kept.governance.retention):
        timetable.also(ticker)
    for one in (*kept.knowledge.rounds, apis.expiry(stores)):
        timetable.also(one)
    pulse = Pulse(stores, base.local, kept.operations)
    lookout = Lookout(pulse.take, base.catalog.complaints, kept.notifications, clock)
    looks = (Rounds(dispatcher, clock), lookout, pulse)
    ends = (telling, tools.thinking, tools.apis)
    return Install(desk.services, stores, tools.servers, queue, timetable, *looks, *ends)


async def _base(settings: Settings, stores: Stores, tools: _Tools) -> _Base:
    database = stores.database
    folders = (shipped.FOLDER, *settings.workflow_dirs)
    templates = await prompts.book(settings, stores)
    catalog = Catalog(folders, database.workflows, stores.clock, templates)
    await catalog.load()
    people = People(parts.roles(settings), database.roles)
    await people.refresh()

    async def refresh() -> None:
        await catalog.refresh()
        await people.refresh()

    stores.keep_known(refresh)
    local = SchedulerQueue(at_once=settings.runs.runs_at_once)
    return _Base(settings, stores, tools, catalog, templates, people, local, *stores.queue(local))


def _kept(base: _Base) -> Kept:
    database, clock, known = base.stores.database, base.stores.clock, base.tools.secrets
    sanitiser = parts.sanitiser(base.settings)
    secret = OperationsWithSecrets(base.tools.operations, known)
    shared = base.stores.shared is not None
    journal = Journal(database.runs, base.catalog, base.timetable, shared=shared)
    own = OwnTools(journal, base.people)
    clean = OperationsSanitised(OperationsWithOwn(secret, own), sanitiser)
    governance = parts.governed(base.settings, base.stores, base.people)
    embedder = base.tools.thinking.embedder
    rests = memory.Rests(base.stores, embedder, governance.guard, base.timetable)
    remembered = memory.knowledge(base.settings.memory, sanitiser, rests)
    return Kept(
        runs=database.runs,
        figures=database.figures,
        postings=database.postings,
        deliveries=database.deliveries,
        schedules=database.schedules,
        artifacts=database.artifacts,
        audit=database.audit,
        open_approvals=database.open_approvals,
        delegations=database.delegations,
        operations=apis.kept(clean, base.settings, base.stores),
        own=own,
        model=base.tools.model,
        queue=base.queue,
        timetable=base.timetable,
        clock=clock,
        catalog=base.catalog,
        templates=base.templates,
        people=base.people,
        governance=governance,
        linking=mcp.linking(base.tools.servers, governance, database.audit, clock),
        sanitiser=sanitiser,
        notifications=parts.notifications(base.settings, base.stores, base.timetable, known),
        knowledge=remembered,
        costs=spending.costs(base.settings, base.stores, base.tools.thinking),
        journal=journal,
        views=spending.views(base.stores, base.people, remembered),
        defaults=parts.defaults(base.settings),
        secrets=known.find,
        new_key=secrets.token_hex,
        draw=lambda workflow: "\n".join(text.draw(workflow)),
    )
