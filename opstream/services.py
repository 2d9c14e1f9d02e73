"""The front desk: every use case that an edge may call, on one page, and how they are put together."""

from collections.abc import Callable
from dataclasses import dataclass

from opstream.agent.draft_tools import DraftTools
from opstream.agent.house_tools import HouseTools
from opstream.agent.memory_tools import MemoryTools
from opstream.agent.own import OwnTools
from opstream.agent.run_tools import RunTools
from opstream.agent.service import Conversations
from opstream.definitions.catalog import Catalog
from opstream.definitions.prompt_book import PromptBook
from opstream.domain.workflow import Workflow
from opstream.governance.absence import Absences
from opstream.governance.bundle import Governance
from opstream.governance.linking import Linking
from opstream.governance.people import People
from opstream.governance.sanitising import Sanitiser
from opstream.knowledge.service import Knowledge
from opstream.notifications.service import Notifications
from opstream.ports import (
    Artifacts,
    AuditTrail,
    Clock,
    Defaults,
    DeliveryStore,
    LanguageModel,
    Operations,
    PostingStore,
    RunFigures,
    RunQueue,
    RunStore,
    ScheduleStore,
    Timetable,
)
from opstream.ports.deciding import DelegationStore, OpenApprovals
from opstream.runs.approvals import Approvals
from opstream.runs.drafts import Drafts
from opstream.runs.following import Follow
from opstream.runs.hooks import Hooks
from opstream.runs.journal import Journal
from opstream.runs.prompts import Kept as KeptPrompts
from opstream.runs.prompts import Prompts
from opstream.runs.releasing import Release
from opstream.runs.schedules import Scheduler
from opstream.runs.service import Runs
from opstream.runs.spending import Costs
from opstream.runs.starting import Starter
from opstream.runs.statistics import RunStatistics
from opstream.runs.trials import Trials
from opstream.runs.triggers import Triggers
from opstream.runs.versions import Versions
from opstream.runs.views import Views


@dataclass(frozen=True, slots=True)
class Services:
    """What edges see."""

    runs: Runs
    agent: Conversations
    approvals: Approvals
    absences: Absences
    workflows: Catalog
    people: People
    operations: Operations
    deliveries: DeliveryStore
    triggers: Triggers
    hooks: Hooks
    schedules: Scheduler
    versions: Versions
    drafts: Drafts
    prompts: Prompts
    statistics: RunStatistics
    governance: Governance
    notifications: Notifications
    knowledge: Knowledge
    linking: Linking
    costs: Costs
    draw: Callable[[Workflow], str]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the use cases rest on: the ports, and what was made of them.

    Args:
        secrets: Gives the secret of a name, or None.
        new_key: Gives a text that nobody has seen before.
        draw: Gives the drawing of a workflow as text.
    """

    runs: RunStore
    figures: RunFigures
    postings: PostingStore
    deliveries: DeliveryStore
    schedules: ScheduleStore
    artifacts: Artifacts
    audit: AuditTrail
    open_approvals: OpenApprovals
    delegations: DelegationStore
    operations: Operations
    own: OwnTools
    model: LanguageModel
    queue: RunQueue
    timetable: Timetable
    clock: Clock
    catalog: Catalog
    templates: PromptBook
    people: People
    governance: Governance
    sanitiser: Sanitiser
    notifications: Notifications
    knowledge: Knowledge
    linking: Linking
    costs: Costs
    journal: Journal
    views: Views
    defaults: Defaults
    secrets: Callable[[str], str | None]
    new_key: Callable[[], str]
    draw: Callable[[Workflow], str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The use cases, and what they do by themselves.

    Args:
        follow: A duty of ended runs; starts what waits for their end.
        release: A duty of ended runs and a ticker; lets queued runs begin.
        starter: Begins runs, those of steps too.
    """

    services: Services
    follow: Follow
    release: Release
    starter: Starter


def opened(kept: Kept) -> Desk:
    """Return the front desk; its `services.schedules` is a ticker, too."""
    guard = kept.governance.guard
    starter = Starter(
        store=kept.runs,
        journal=kept.journal,
        catalog=kept.catalog,
        operations=kept.operations,
        queue=kept.queue,
        clock=kept.clock,
        defaults=kept.defaults,
        guard=guard,
        sanitiser=kept.sanitiser,
    )
    triggers = Triggers(kept.catalog, starter)
    schedules = _schedules(kept, starter)
    versions = Versions(kept.catalog, schedules, kept.audit, kept.clock, guard)
    absences = Absences(kept.delegations, kept.people, kept.clock)
    runs = _runs(kept, starter, absences)
    drafts = Drafts(kept.artifacts, kept.catalog, versions.publish, guard)
    _open_own(kept, runs, schedules, drafts)
    services = Services(
        runs=runs,
        agent=_agent(kept, runs),
        approvals=Approvals(kept.open_approvals, absences, runs, guard, kept.catalog.listed),
        absences=absences,
        workflows=kept.catalog,
        people=kept.people,
        operations=kept.operations,
        deliveries=kept.deliveries,
        triggers=triggers,
        hooks=Hooks(kept.catalog, starter, runs.deliver, kept.deliveries, kept.secrets, kept.clock),
        schedules=schedules,
        versions=versions,
        drafts=drafts,
        prompts=_prompts(kept),
        statistics=RunStatistics(kept.figures, kept.clock),
        governance=kept.governance,
        notifications=kept.notifications,
        knowledge=kept.knowledge,
        linking=kept.linking,
        costs=kept.costs,
        draw=kept.draw,
    )
    return Desk(
        services,
        Follow(triggers, kept.audit, kept.clock),
        Release(kept.runs, starter, kept.catalog, kept.defaults),
        starter,
    )


def _open_own(kept: Kept, runs: Runs, schedules: Scheduler, drafts: Drafts) -> None:
    """Give agents the tools that are OpStream itself."""
    reading = RunTools(runs, kept.catalog, kept.artifacts)
    house = HouseTools(kept.catalog, kept.operations, schedules)
    remembering = MemoryTools(kept.knowledge)
    writing = DraftTools(drafts, kept.catalog, kept.operations, kept.clock)
    kept.own.open((*reading.tools(), *house.tools(), *remembering.tools(), *writing.tools()))


def _prompts(kept: Kept) -> Prompts:
    trials = Trials(kept.model, kept.defaults.step_timeout)
    beside = KeptPrompts(kept.artifacts, kept.audit, kept.clock, kept.governance.guard)
    return Prompts(kept.templates, kept.catalog, trials, beside)


def _agent(kept: Kept, runs: Runs) -> Conversations:
    listed = kept.catalog.listed
    return Conversations(runs, listed, kept.model, kept.knowledge, kept.sanitiser)


def _runs(kept: Kept, starter: Starter, absences: Absences) -> Runs:
    return Runs(
        store=kept.runs,
        postings=kept.postings,
        journal=kept.journal,
        views=kept.views,
        catalog=kept.catalog,
        queue=kept.queue,
        clock=kept.clock,
        operations=kept.operations,
        starter=starter,
        new_key=kept.new_key,
        absences=absences,
        audit=kept.audit,
        guard=kept.governance.guard,
        sanitiser=kept.sanitiser,
    )


def _schedules(kept: Kept, starter: Starter) -> Scheduler:
    return Scheduler(
        store=kept.schedules,
        catalog=kept.catalog,
        starter=starter,
        audit=kept.audit,
        clock=kept.clock,
        timetable=kept.timetable,
        guard=kept.governance.guard,
        tell=kept.notifications.tell,
    )
