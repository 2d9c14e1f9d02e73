"""Everything outside the process, on one page: what an adapter must satisfy."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Posting
from opstream.domain.history import Fact
from opstream.domain.operation import Operation, OperationCall, Progress, SourceHealth
from opstream.domain.run import Run, RunStatus, RunSummary, RunView
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """All that one transaction writes about a run; it stands whole or not at all.

    Args:
        run: The run after `facts`; its `version` is `expected_version + len(facts)`.
        expected_version: The version `facts` were decided on; 0 for a run that begins.
        rests: After these facts nothing is to be done before `wake_at` or a new fact.
    """

    run: Run
    facts: tuple[Fact, ...]
    expected_version: int
    audit: tuple[AuditEntry, ...] = ()
    rests: bool = False


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs a list shows, newest first."""

    statuses: frozenset[RunStatus] = frozenset()
    workflow_id: str | None = None
    started_by: str | None = None
    limit: int = 10
    offset: int = 0


@dataclass(frozen=True, slots=True)
class PublishedWorkflow:
    """A workflow's text as published: what a run that began with it keeps using."""

    id: str
    version: int
    digest: str
    source: str
    file: str


class RunStore(Protocol):
    """The journal of all runs, and what is derived from it."""

    async def commit(self, work: UnitOfWork) -> None:
        """Append facts durably.

        Raises:
            RunMovedOn: the run is not at `expected_version` any more, or already exists.
            TooLate: an approval that the facts settle was settled before.
            StoreUnavailable: locked, full or gone; nothing was written.
        """

    async def rests(self, run_id: str, version: int) -> None:
        """Note that nothing is to be done in a run at this version; if it moved on, change nothing.

        Raises:
            StoreUnavailable: locked, full or gone; nothing was written.
        """

    async def history(self, run_id: str) -> Sequence[Fact]:
        """Return a run's facts, oldest first; empty when there is no such run."""

    async def find(self, prefix: str) -> Sequence[str]:
        """Return up to 5 ids of runs whose id is, or begins with, `prefix`, in order.

        Ids are in small letters; `prefix` may be in any.
        """

    async def summaries(self, wanted: RunFilter) -> Sequence[RunSummary]:
        """Return runs for a list, newest first."""

    async def count(self, wanted: RunFilter) -> int:
        """Return how many runs the filter matches, whatever its limit."""

    async def due(self, now: datetime) -> Sequence[str]:
        """Return ids of active runs whose `wake_at` has come."""

    async def next_wake(self, after: datetime | None = None) -> datetime | None:
        """Return the earliest `wake_at` of all active runs, or the earliest after a time."""

    async def unfinished(self) -> Sequence[str]:
        """Return ids of the active runs that are not known to rest: what a start must look at."""

    async def step_seconds(self, workflow_id: str) -> Mapping[str, Sequence[float]]:
        """Return, by step, how long it took in the last 20 ended runs, newest first."""


class WorkflowArchive(Protocol):
    """Every published version of every workflow."""

    async def publish(self, workflow_id: str, source: str, file: str, at: datetime) -> int:
        """Keep a text and return its version; the same text as the latest version adds none."""

    async def load(self, workflow_id: str, version: int) -> PublishedWorkflow | None:
        """Return one version, or None."""


class Workflows(Protocol):
    """The workflows of this install, ready to run."""

    async def version(self, workflow_id: str, version: int) -> Workflow:
        """Return a version as it was published.

        Raises:
            NotFound: there is no such workflow or version.
        """


class PostingStore(Protocol):
    """Which of our messages stand where, so that none is posted twice."""

    async def of_run(self, run_id: str) -> Sequence[Posting]:
        """Return a run's postings, in the order in which they were intended."""

    async def save(self, posting: Posting) -> None:
        """Insert or replace a posting by its key, durably."""

    async def run_of_thread(self, channel: str, thread: str) -> str | None:
        """Return the run whose card is the root of a thread."""

    async def unsettled(self) -> Sequence[str]:
        """Return ids of runs whose messages may not show their last state."""

    async def shown(self, run_id: str, version: int) -> None:
        """Note that the messages of a run show it as of `version`."""


class DeliveryStore(Protocol):
    """Which deliveries from outside were taken up already."""

    async def first_time(self, key: str, at: datetime) -> bool:
        """Note a delivery and return whether it is new."""


class RunQueue(Protocol):
    """A hint that a run wants a look; losing or doubling one changes nothing."""

    def put(self, run_id: str) -> None:
        """Ask for a look at a run, soon."""

    def bind(self, advance: Callable[[str], Awaitable[None]]) -> None:
        """Say what looks at a run."""


class Timetable(Protocol):
    """One alarm for all sleepers."""

    def wake_at(self, when: datetime) -> None:
        """Make sure that the sleepers are looked at no later than then."""


ProgressListener = Callable[[Progress], None]


class Operations(Protocol):
    """Everything that can be called: the tools of MCP servers and connectors."""

    def find(self, name: str) -> Operation:
        """Return the operation of that name; a bare tool name or an alias will do if only one fits.

        Raises:
            NotFound: none or more than one fits.
        """

    async def ready(self, name: str) -> Operation:
        """Return the operation of that name, waiting for its source while that is starting.

        Raises:
            NotFound: no source that is up has it.
            OperationFailed: its source is down (retryable).
        """

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Call an operation and return its output; cancelling the task cancels the call.

        Raises:
            OperationFailed: it did not work; the error knows whether it may have taken effect.
        """

    def sources(self) -> Sequence[SourceHealth]:
        """Return every source with its health and operations."""


class Messenger(Protocol):
    """How people hear of a run. Returns at once: what is shown catches up by itself."""

    def show(self, view: RunView) -> None:
        """Show a run's newest state."""

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show how far a step under way is; may be dropped when there is something newer."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """Limits of an install that runs obey unless a workflow says otherwise."""

    step_timeout: timedelta = timedelta(minutes=2)
    calls_at_once: int = 64
    runs_at_once: int = 512
    output_bytes: int = 1_000_000
