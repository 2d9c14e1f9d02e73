"""What is kept besides runs: workflows, schedules, messages, large outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from opstream.domain.conversation import Place, Posting
from opstream.domain.person import Who
from opstream.domain.trigger import Schedule
from opstream.domain.workflow import Workflow

NO_TEMPLATES: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class PublishedWorkflow:
    """A workflow's text as published: what a run that began with it keeps using.

    Args:
        templates: The version of each prompt template that it names without one.
    """

    id: str
    version: int
    digest: str
    source: str
    file: str
    at: datetime
    by: Who | None = None
    why: str = ""
    templates: Mapping[str, int] = field(default_factory=dict)


class WorkflowArchive(Protocol):
    """Every published version of every workflow."""

    async def publish(  # noqa: PLR0913 - all that a version is
        self,
        workflow_id: str,
        source: str,
        file: str,
        at: datetime,
        by: Who | None = None,
        why: str = "",
        templates: Mapping[str, int] = NO_TEMPLATES,
    ) -> int:
        """Keep a text and return its version; the same as the latest version adds none."""

    async def load(self, workflow_id: str, version: int) -> PublishedWorkflow | None:
        """Return one version, or None."""

    async def versions(self, workflow_id: str) -> Sequence[PublishedWorkflow]:
        """Return all versions of a workflow, newest first."""

    async def written_in_chat(self) -> Sequence[PublishedWorkflow]:
        """Return the newest version of each workflow whose newest version came from no file.

        Such a version has the `file` "" and a person in `by`.
        """


class Workflows(Protocol):
    """The workflows of this install, ready to run."""

    async def version(self, workflow_id: str, version: int) -> Workflow:
        """Return a version as it was published.

        Raises:
            NotFound: there is no such workflow or version.
        """


@dataclass(frozen=True, slots=True)
class PlannedStart:
    """A workflow that is to start at certain times.

    Args:
        name: Unique; of a schedule in a workflow's file `<workflow>/<number>`.
        next_at: The next time, or None when no more comes.
        last_at: The last time that was dealt with, or None.
        by: Who wanted it; None for one of a file.
        place: Where its runs tell how they go.
        outcome: What became of the last time, as a sentence; empty before the first.
    """

    name: str
    workflow_id: str
    schedule: Schedule
    next_at: datetime | None
    last_at: datetime | None = None
    by: Who | None = None
    place: Place | None = None
    outcome: str = ""


class ScheduleStore(Protocol):
    """What starts when; shared by all processes of an install."""

    async def save(self, planned: PlannedStart) -> None:
        """Insert or replace one by its name, durably."""

    async def remove(self, name: str) -> bool:
        """Take one out; False when there is none."""

    async def all(self) -> Sequence[PlannedStart]:
        """Return all, by name."""

    async def due(self, now: datetime) -> Sequence[PlannedStart]:
        """Return those whose `next_at` has come."""

    async def next_at(self) -> datetime | None:
        """Return the earliest `next_at`."""


class PostingStore(Protocol):
    """Which of our messages stand where, so that none is posted twice."""

    async def of_run(self, run_id: str) -> Sequence[Posting]:
        """Return a run's postings, in the order in which they were intended."""

    async def save(self, posting: Posting) -> None:
        """Insert or replace a posting by its key, durably."""

    async def at(self, channel: str, ts: str) -> Posting | None:
        """Return our posting that stands in a channel at a `ts`, or None."""

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

    async def noted(self, beginning: str) -> Sequence[str]:
        """Return the keys that were noted and begin like this, in order."""


class Artifacts(Protocol):
    """Outputs that are too large for a history, by the hash of their bytes."""

    async def put(self, content: bytes) -> str:
        """Keep some bytes durably and return their id; the same bytes have the same id."""

    async def get(self, artifact_id: str) -> bytes:
        """Return the bytes.

        Raises:
            NotFound: there are none of that id.
        """


class Vault(Protocol):
    """Secrets that are not in the environment, such as the tokens of linked accounts: sealed at rest.

    All raise `StoreUnavailable` when there is no key, or none that fits.
    """

    async def put(self, name: str, text: str) -> None:
        """Keep a text under a name, sealed and durably."""

    async def get(self, name: str) -> str | None:
        """Return the text of a name, or None."""

    async def remove(self, name: str) -> bool:
        """Forget a text; False when there is none."""

    async def names(self, prefix: str = "") -> Sequence[str]:
        """Return the names that begin with some letters, in order."""
