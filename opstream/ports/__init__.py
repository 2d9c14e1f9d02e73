"""Everything outside the process, on three pages: what an adapter must satisfy."""

from opstream.ports.keeping import (
    Artifacts,
    AuditTrail,
    DeliveryStore,
    PlannedStart,
    PostingStore,
    PublishedWorkflow,
    ScheduleStore,
    WorkflowArchive,
    Workflows,
)
from opstream.ports.outside import (
    Clock,
    Defaults,
    LanguageModel,
    Messenger,
    Operations,
    ProgressListener,
    RunQueue,
    Ticker,
    Timetable,
    Vitals,
)
from opstream.ports.runs import (
    Room,
    RunFilter,
    RunStore,
    StepTime,
    UnitOfWork,
)

__all__ = [
    "Artifacts",
    "AuditTrail",
    "Clock",
    "Defaults",
    "DeliveryStore",
    "LanguageModel",
    "Messenger",
    "Operations",
    "PlannedStart",
    "PostingStore",
    "ProgressListener",
    "PublishedWorkflow",
    "Room",
    "RunFilter",
    "RunQueue",
    "RunStore",
    "ScheduleStore",
    "StepTime",
    "Ticker",
    "Timetable",
    "UnitOfWork",
    "Vitals",
    "WorkflowArchive",
    "Workflows",
]
