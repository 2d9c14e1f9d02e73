"""The journal of all runs, and what is kept beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Place
from opstream.domain.history import Fact
from opstream.domain.person import Person
from opstream.domain.run import Run, RunStatus, RunSummary


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """All that one transaction writes about a run; it stands whole or not at all.

    Args:
        run: The run after `facts`; its `version` is `expected_version + len(facts)`.
        expected_version: The version `facts` were decided on; 0 for a run that begins.
        rests: After these facts nothing is to be done before `wake_at` or a new fact. A run that has
            ended and does not rest still has duties: somebody must be told of its end.
        as_owner: Only the process that claimed the run may write this (see `RunStore.claim`).
        epoch: Of the claim under which it was decided (see `RunStore.epoch`); counts for an owner alone.
        room: What must hold for a run to begin, or None when it may begin anyway.
    """

    run: Run
    facts: tuple[Fact, ...]
    expected_version: int
    audit: tuple[AuditEntry, ...] = ()
    rests: bool = False
    as_owner: bool = False
    epoch: int = 0
    room: "Room | None" = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """How many runs may be active beside one that begins; None means any number.

    Queued and ended runs do not count.
    """

    of_workflow: int | None = None
    of_person: int | None = None


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs a list shows, newest first.

    Args:
        of: Id of who started them, or answers for them now.
        seen_by: For whom it is; what they may not see (`governance/sight.py`) is left out.
        waiting: Only those that wait for a person.
        thread: Only those that were started in this thread, or in the channel where it names none.
        unparented: Only those that no step of another run started.
        without: Ids of workflows whose runs are left out.
    """

    statuses: frozenset[RunStatus] = frozenset()
    workflow_id: str | None = None
    started_by: str | None = None
    limit: int = 10
    offset: int = 0
    seen_by: Person | None = None
    waiting: bool = False
    thread: Place | None = None
    unparented: bool = False
    of: str | None = None
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long a step worked in one run that ended well, in seconds; `run` tells samples apart."""

    run: str
    step: str
    seconds: float


class RunStore(Protocol):
    """The journal of all runs, and what is derived from it."""

    async def commit(self, work: UnitOfWork) -> None:
        """Append facts durably.

        Raises:
            NotOwner: `work.as_owner`, and the run has been claimed since, even if this process has it
                again. Said first: what its owner knew of the run counts for nothing any more.
            RunMovedOn: the run is not at `expected_version` any more, or already exists.
            TooLate: an approval that the facts settle was settled before.
            NoRoom: `work.room` does not hold; nothing was written.
            StoreUnavailable: locked, full or gone; nothing was written.
        """

    async def rests(self, run_id: str, version: int) -> None:
        """Note that nothing is to be done in a run at this version; if it moved on, change nothing.

        Raises:
            StoreUnavailable: locked, full or gone; nothing was written.
        """

    async def history(self, run_id: str) -> Sequence[Fact]:
        """Return a run's facts, oldest first; empty when there is no such run."""

    async def find(self, prefix: str, seen_by: Person | None = None) -> Sequence[str]:
        """Return up to 5 ids of runs whose id is, or begins with, `prefix`, in order.

        Ids are in small letters; `prefix` may be in any. What `seen_by` may not see is left out.
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
        """Return ids of the runs that are not known to rest, those of high priority first.

        It is what a start must look at: active runs, and ended ones that still have duties.
        """

    async def claim(self, run_id: str) -> bool:
        """Make this process the owner of a run, or see that it still is; False when a live process is.

        Where only one process writes, it owns every run.
        """

    def epoch(self, run_id: str) -> int:
        """Return the epoch of this process's last claim of a run, to be named in what it commits as owner.

        Each claim has a higher one than those before, whosever they were; but a claim of what this process
        has already keeps it. 0 without a claim, and where only one process writes.
        """

    async def release(self, run_id: str) -> None:
        """Give up a claim; nothing happens where another process has it."""

    async def children(self, run_id: str) -> Sequence[str]:
        """Return ids of the runs that steps of a run started and that have not ended."""

    async def waiting_for(self, topic: str) -> Sequence[str]:
        """Return ids of active and paused runs with a step that waits for letters of a topic."""

    async def next_queued(self, workflow_id: str) -> str | None:
        """Return the queued run of a workflow that goes first: highest priority, then oldest."""

    async def oldest_active(self, workflow_id: str) -> str | None:
        """Return the run of a workflow that has been active longest."""

    async def with_room(self) -> Sequence[str]:
        """Return ids of workflows that have queued runs."""

    async def step_times(self, workflow_id: str, runs: int = 60) -> Sequence[StepTime]:
        """Return how long steps took in the last runs of a workflow that ended well, newest first.

        Of a loop there is the whole of it, and nothing of the steps inside.
        """
