"""One cooking of a recipe: the sum of its history, never written by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from opstream.domain.approval import Approval, ProposedCall
from opstream.domain.call_question import AskedInCall, unanswered
from opstream.domain.conversation import Place
from opstream.domain.growing import Growing
from opstream.domain.history import Outcome, Parent, RunHandedOver, RunStopping
from opstream.domain.memory import Case
from opstream.domain.person import Who
from opstream.domain.spending import Answered, Spent
from opstream.domain.time_left import TimeLeft
from opstream.domain.values import Json
from opstream.domain.workflow import Input, Workflow


class StepStatus(StrEnum):
    """Where a step is; a step without a state has not begun."""

    PENDING = "pending"
    SCHEDULED = "scheduled"
    RETRYING = "retrying"
    WAITING = "waiting"
    ASKING_APPROVAL = "asking_approval"
    APPROVED = "approved"
    ASKING_PERSON = "asking_person"
    DOUBTED = "doubted"
    LOOPING = "looping"
    RUNNING_CHILD = "running_child"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    DENIED = "denied"


STUCK = frozenset({StepStatus.FAILED, StepStatus.DENIED})
SETTLED = STUCK | {StepStatus.SUCCEEDED, StepStatus.SKIPPED}
_CALLING = frozenset({StepStatus.SCHEDULED, StepStatus.RETRYING, StepStatus.DOUBTED})


@dataclass(frozen=True, slots=True)
class StepState:
    """What is known of a step.

    Args:
        attempt: Number in the key of the next or running call; grows only when the one before
            is known to have had no effect, or when a person wants it once more.
        tries: Calls that have failed so far.
        wake_at: When the step has something to do although nothing happens, or None.
        call: The exact call that was approved or scheduled: this one is made, and no other.
        proposal: What the next approval shows instead of what the templates give.
        perhaps_done: A write of this attempt began, and nobody knows whether it took effect.
        topic: Of the letter that the step waits for.
        waits_since: Number of the fact with which it began to wait.
        ended_as: Number of the fact that settled it. Clocks disagree; the numbers of a history do not.
        items: What a step that repeats others repeats them for.
        begun: How many of these items are under way or through, from the first on.
        active: Indices of those under way; `results` is what came of those that are through, by index.
        child: Id of the run that the step started last; `asked` is what its calls asked people.
        answered: Which model answered its prompt.
    """

    status: StepStatus = StepStatus.PENDING
    attempt: int = 1
    tries: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    output: Json = None
    error: str = ""
    wake_at: datetime | None = None
    call: ProposedCall | None = None
    proposal: ProposedCall | None = None
    perhaps_done: bool = False
    approval: Approval | None = None
    earlier_approvals: tuple[Approval, ...] = ()
    question: str = ""
    fields: tuple[Input, ...] = ()
    by: Who | None = None
    topic: str | None = None
    waits_since: int = 0
    ended_as: int = 0
    items: tuple[Json, ...] = ()
    begun: int = 0
    active: tuple[int, ...] = ()
    results: Growing[int, Json] = field(default_factory=Growing)
    child: str | None = None
    asked: tuple[AskedInCall, ...] = ()
    answered: Answered | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more comes of this step."""
        return self.status in SETTLED

    @property
    def is_call_open(self) -> bool:
        """Whether a write of this step was begun, and how it ended has still to be found out."""
        return self.perhaps_done and self.status in _CALLING

    @property
    def asks_now(self) -> tuple[AskedInCall, ...]:
        """What its call under way asks, and nobody has answered yet."""
        is_over = self.settled or self.status is StepStatus.DOUBTED
        return () if is_over else unanswered(self.asked, self.attempt, self.tries)

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """All that the step ever asked, oldest first, whatever became of it."""
        return (*self.earlier_approvals, self.approval) if self.approval else self.earlier_approvals

    @property
    def revision(self) -> int:
        """Number of the last approval that the step asked for, 0 when it never did."""
        return self.approvals[-1].revision if self.approvals else 0


_FRESH = StepState()


class RunStatus(StrEnum):
    """Where a run is; the four last are ends."""

    QUEUED = "queued"
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DENIED = "denied"

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self in _ENDS


_ENDS = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.DENIED})


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that arrived for a run and that no step has taken yet; `number` is that of its fact."""

    topic: str
    key: str
    body: Json
    at: datetime
    by: Who | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its facts add up.

    Args:
        version: How many facts there are; a commit must name the one it was built on.
        steps: Only steps that have begun or were settled, in the order in which they did.
        open: Those of them that are not settled: few, always; `stuck` are ids of those that failed.
        retries: How often a person set it going again after its end.
        parent: The step of another run that waits for this one.
        letters: What arrived and was not taken yet, oldest first; keys of all are in `seen_letters`.
        stopping: How it will end once what it did is undone.
        trigger: What started it if no person did, in words.
        handed_over: How it was handed over last, to who answers for it now.
        moved: Steps that moved on since it was last worked out what follows; None means that all of
            them have to be looked at. How a run got here, and no part of what it is.
    """

    id: str
    workflow_id: str
    workflow_version: int
    inputs: Mapping[str, Json]
    by: Who
    place: Place | None
    started_at: datetime
    version: int = 1
    status: RunStatus = RunStatus.ACTIVE
    steps: Growing[str, StepState] = field(default_factory=Growing)
    open: Mapping[str, StepState] = field(default_factory=dict)
    stuck: tuple[str, ...] = ()
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    result: Json = None
    reason: str = ""
    ended_by: Who | None = None
    paused_by: Who | None = None
    retries: int = 0
    parent: Parent | None = None
    letters: tuple[Letter, ...] = ()
    seen_letters: frozenset[str] = frozenset()
    stopping: RunStopping | None = None
    trigger: str = ""
    handed_over: RunHandedOver | None = None
    moved: frozenset[str] | None = field(default=None, repr=False, compare=False)

    @property
    def responsible(self) -> Who:
        """Who answers for it now."""
        return self.handed_over.to if self.handed_over else self.by

    def state(self, step: str) -> StepState:
        """Return the state of a step, a fresh one when it has not begun."""
        return self.steps.get(step, _FRESH)

    def with_step(self, step: str, state: StepState) -> "Run":
        """Return the run with one step in another state."""
        others = {id: one for id, one in self.open.items() if id != step}
        if not state.settled:
            others[step] = state
        elif not self.state(step).settled:
            state = replace(state, ended_as=self.version + 1)
        stuck = self.stuck
        if step in self.steps and self.steps[step].status in STUCK:
            stuck = tuple(id for id in stuck if id != step)
        return replace(
            self,
            steps=self.steps.plus(step, state),
            open=others,
            stuck=(*stuck, step) if state.status in STUCK else stuck,
            moved=None if self.moved is None else self.moved | {step},
        )

    def with_steps(self, steps: Mapping[str, StepState]) -> "Run":
        """Return the run with all steps in other states."""
        return replace(
            self,
            steps=Growing(steps),
            open={id: one for id, one in steps.items() if not one.settled},
            stuck=tuple(id for id, one in steps.items() if one.status in STUCK),
            moved=None,
        )

    @property
    def wake_at(self) -> datetime | None:
        """The earliest time at which a step has something to do; None while paused or ended."""
        if self.status not in (RunStatus.ACTIVE, RunStatus.STOPPING):
            return None
        return min((s.wake_at for s in self.open.values() if s.wake_at), default=None)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in a list, without its history; `handed_to` answers for it in place of `by`."""

    id: str
    workflow_id: str
    workflow_version: int
    status: RunStatus
    by: Who
    place: Place | None
    started_at: datetime
    ended_at: datetime | None
    reason: str
    waits_for_person: bool
    handed_to: Who | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with its recipe and what is left of it: all that a card needs.

    Args:
        left: Time left while nobody is waited for; None while too little is known, and at the end.
        left_low: With `left_high`, where it ends nine times out of ten; None just when `left` is.
        samples: Earlier runs that the estimate rests on.
        step_left: The same for each step that has begun, or may take time later, and has not ended.
        under_way: Steps whose calls are being made right now.
        deciders: By step, ids of people known to be able to decide; `away` is who does for those away.
        cases: Earlier runs that failed as this one did, and what helped.
        spent: What it took of models; None where it asks none.
    """

    workflow: Workflow
    run: Run
    left: timedelta | None = None
    samples: int = 0
    under_way: frozenset[str] = frozenset()
    deciders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_low: timedelta | None = None
    left_high: timedelta | None = None
    step_left: Mapping[str, TimeLeft] = field(default_factory=dict)
    away: Mapping[str, Who] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    spent: Spent | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of runs, newest first."""

    runs: tuple[RunSummary, ...]
    total: int
    offset: int
    limit: int
