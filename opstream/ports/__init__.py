"""Everything outside the process, on a few pages: what an adapter must satisfy."""

from opstream.ports.governing import AuditTrail, Kind, Oblivion, Retained, RoleStore
from opstream.ports.keeping import (
    Artifacts,
    DeliveryStore,
    PlannedStart,
    PostingStore,
    PublishedWorkflow,
    ScheduleStore,
    Vault,
    WorkflowArchive,
    Workflows,
)
from opstream.ports.measuring import RunFigures
from opstream.ports.notifying import (
    Batch,
    Carried,
    Courier,
    NoticeDefaults,
    NoticeStore,
    Outside,
)
from opstream.ports.outside import (
    ChatVitals,
    Clock,
    Defaults,
    Messenger,
    Operations,
    ProgressListener,
    RunQueue,
    Ticker,
    Timetable,
    Vitals,
)
from opstream.ports.remembering import MemoryStore, Question
from opstream.ports.results import KeptResult, ResultStore
from opstream.ports.runs import (
    Room,
    RunFilter,
    RunStore,
    StepTime,
    UnitOfWork,
)
from opstream.ports.thinking import Embedder, LanguageModel, Saying, Spent, UsageStore

__all__ = [
    "Artifacts",
    "AuditTrail",
    "Batch",
    "Carried",
    "ChatVitals",
    "Clock",
    "Courier",
    "Defaults",
    "DeliveryStore",
    "Embedder",
    "KeptResult",
    "Kind",
    "LanguageModel",
    "MemoryStore",
    "Messenger",
    "NoticeDefaults",
    "NoticeStore",
    "Oblivion",
    "Operations",
    "Outside",
    "PlannedStart",
    "PostingStore",
    "ProgressListener",
    "PublishedWorkflow",
    "Question",
    "ResultStore",
    "Retained",
    "RoleStore",
    "Room",
    "RunFigures",
    "RunFilter",
    "RunQueue",
    "RunStore",
    "Saying",
    "ScheduleStore",
    "Spent",
    "StepTime",
    "Ticker",
    "Timetable",
    "UnitOfWork",
    "UsageStore",
    "Vault",
    "Vitals",
    "WorkflowArchive",
    "Workflows",
]
