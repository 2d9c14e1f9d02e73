"""The front desk: every use case that an edge may call, on one page, and how they are put together."""

from collections.abc import Callable
from dataclasses import dataclass

from opstream.definitions.catalog import Catalog
from opstream.domain.workflow import Workflow
from opstream.governance.people import People
from opstream.ports import (
    Artifacts,
    AuditTrail,
    Clock,
    Defaults,
    DeliveryStore,
    Operations,
    PostingStore,
    RunFigures,
    RunQueue,
    RunStore,
    ScheduleStore,
    Timetable,
)
from opstream.runs.drafts import Drafts
from opstream.runs.following import Follow
from opstream.runs.hooks import Hooks
from opstream.runs.journal import Journal
from opstream.runs.releasing import Release
from opstream.runs.schedules import Scheduler
from opstream.runs.service import Runs
from opstream.runs.starting import Starter
from opstream.runs.statistics import RunStatistics
from opstream.runs.triggers import Triggers
from opstream.runs.versions import Versions
from opstream.runs.views import Views


@dataclass(frozen=True, slots=True)
class Services:
    """What edges see."""

    runs: Runs
    workflows: Catalog
    people: People
    operations: Operations
    deliveries: DeliveryStore
    triggers: Triggers
    hooks: Hooks
    schedules: Scheduler
    versions: Versions
    drafts: Drafts
    statistics: RunStatistics
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
    operations: Operations
    queue: RunQueue
    timetable: Timetable
    clock: Clock
    catalog: Catalog
    people: People
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
    starter = Starter(
        store=kept.runs,
        journal=kept.journal,
        catalog=kept.catalog,
        operations=kept.operations,
        queue=kept.queue,
        clock=kept.clock,
        defaults=kept.defaults,
    )
    triggers = Triggers(kept.catalog, starter)
    schedules = Scheduler(
        store=kept.schedules,
        catalog=kept.catalog,
        starter=starter,
        audit=kept.audit,
        clock=kept.clock,
        timetable=kept.timetable,
    )
    versions = Versions(kept.catalog, schedules, kept.audit, kept.clock)
    services = Services(
        runs=_runs(kept, starter),
        workflows=kept.catalog,
        people=kept.people,
        operations=kept.operations,
        deliveries=kept.deliveries,
        triggers=triggers,
        hooks=Hooks(kept.catalog, starter, kept.secrets, kept.clock),
        schedules=schedules,
        versions=versions,
        drafts=Drafts(kept.artifacts, kept.catalog, versions.publish),
        statistics=RunStatistics(kept.figures, kept.clock),
        draw=kept.draw,
    )
    return Desk(
        services,
        Follow(triggers, kept.audit, kept.clock),
        Release(kept.runs, starter, kept.catalog, kept.defaults),
        starter,
    )


def _runs(kept: Kept, starter: Starter) -> Runs:
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
    )
