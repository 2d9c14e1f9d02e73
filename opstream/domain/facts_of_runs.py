"""Facts of a run as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from opstream.domain.conversation import Place
from opstream.domain.outcome import Outcome, Parent
from opstream.domain.person import Who
from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Somebody started a run of one version of a workflow.

    Args:
        queued: It found no room, and begins only with `RunReleased`.
        trigger: What started it if no person did, in words; empty otherwise.
    """

    at: datetime
    workflow_id: str
    workflow_version: int
    inputs: Mapping[str, Json]
    by: Who
    place: Place | None
    parent: Parent | None = None
    queued: bool = False
    trigger: str = ""
    kind: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True)
class RunReleased:
    """There is room now: a queued run begins."""

    at: datetime
    kind: Literal["run_released"] = "run_released"


@dataclass(frozen=True, slots=True)
class LetterReceived:
    """Something arrived for the run: an event outside, or a person's reply in its thread.

    Args:
        topic: What it is about; `REPLY` for a message in the thread.
        key: The same key twice is the same letter.
    """

    at: datetime
    topic: str
    key: str
    body: Json
    by: Who | None = None
    kind: Literal["letter_received"] = "letter_received"


@dataclass(frozen=True, slots=True)
class RunPaused:
    """A person paused the run: nothing new begins."""

    at: datetime
    by: Who
    kind: Literal["run_paused"] = "run_paused"


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A person let the run go on."""

    at: datetime
    by: Who
    kind: Literal["run_resumed"] = "run_resumed"


@dataclass(frozen=True, slots=True)
class RunRetried:
    """A person set an ended run going again.

    Args:
        resets: The steps that are done anew.
        afresh: Those of them that need another one: what was bound for them holds no longer.
        workflow_version: The version to go on with; None means the one that the run has.
        drops: Steps that this version does not have.
    """

    at: datetime
    by: Who
    resets: tuple[str, ...]
    afresh: tuple[str, ...] = ()
    workflow_version: int | None = None
    drops: tuple[str, ...] = ()
    kind: Literal["run_retried"] = "run_retried"


@dataclass(frozen=True, slots=True)
class RunHandedOver:
    """Another person answers for the run from now on; `by` did it, often `to` themselves."""

    at: datetime
    by: Who
    before: Who
    to: Who
    kind: Literal["run_handed_over"] = "run_handed_over"


@dataclass(frozen=True, slots=True)
class RunStopping:
    """The run will end like this once what it did is undone; nothing else begins any more."""

    at: datetime
    outcome: Outcome
    reason: str
    by: Who | None = None
    kind: Literal["run_stopping"] = "run_stopping"


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run ended; `reason` is a sentence for every outcome but success."""

    at: datetime
    outcome: Outcome
    result: Json = None
    reason: str = ""
    by: Who | None = None
    kind: Literal["run_finished"] = "run_finished"
