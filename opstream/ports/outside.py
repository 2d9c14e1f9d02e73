"""Time, looks, tools, models and people."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from opstream.domain.operation import Operation, OperationCall, Progress, SourceHealth
from opstream.domain.run import RunView
from opstream.domain.values import Json


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""


class RunQueue(Protocol):
    """A hint that a run wants a look; losing or doubling one changes nothing."""

    def put(self, run_id: str, priority: int = 0) -> None:
        """Ask for a look at a run, soon; of those that wait, the higher priority goes first."""

    def bind(self, advance: Callable[[str], Awaitable[None]]) -> None:
        """Say what looks at a run."""


class Timetable(Protocol):
    """One alarm for all sleepers."""

    def wake_at(self, when: datetime) -> None:
        """Make sure that the sleepers, and whoever else goes by the timetable, are seen to by then."""


class Ticker(Protocol):
    """Something besides sleepers that is due at certain times; of many processes one sees to it."""

    async def next_at(self) -> datetime | None:
        """Return when it wants to be called next; None while it waits for nothing.

        Raises:
            StoreUnavailable: the database cannot be asked now.
        """

    async def tick(self, now: datetime) -> None:
        """Do what is due. Being called twice, or early, must change nothing.

        Raises:
            StoreUnavailable: the database cannot be asked now; it is called again.
        """


@dataclass(frozen=True, slots=True)
class ChatVitals:
    """How the connection to the chat is doing.

    Args:
        sockets: How many connections are to be open; 0 where the chat delivers over HTTP.
        connected: How many of them are.
        heard_at: When the chat last told something, None before the first time.
        at_work: How many deliveries are being answered.
    """

    sockets: int
    connected: int
    heard_at: datetime | None
    at_work: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a process is doing.

    Args:
        trouble: Why the database does not answer, as a sentence; empty when it does.
        waiting: How many looks at runs wait for their turn here.
        under_way: How many runs are being advanced here.
        last_look_at: When a look ended last.
        sources: What runs call, and how each of it is doing.
        chat: The connection to the chat; None in a process that has none.
    """

    trouble: str
    waiting: int
    under_way: int
    last_look_at: datetime
    sources: Sequence[SourceHealth]
    chat: ChatVitals | None = None


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
    """Limits of an install that runs obey unless a workflow says otherwise.

    Args:
        runs_per_person: How many runs of one person are active at once, further ones are queued; None
            means any number.
    """

    step_timeout: timedelta = timedelta(minutes=2)
    calls_at_once: int = 64
    runs_at_once: int = 512
    output_bytes: int = 1_000_000
    calls_per_source: Mapping[str, int] = field(default_factory=dict)
    runs_per_person: int | None = None
