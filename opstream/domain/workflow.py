"""The recipe: a workflow, its inputs and its steps."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from opstream.domain.person import Role
from opstream.domain.trigger import Trigger
from opstream.domain.values import Json


class InputKind(StrEnum):
    """What an input holds; decides its check and its field in a form."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    DURATION = "duration"
    DATE = "date"
    PERSON = "person"
    CHANNEL = "channel"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a workflow, or a question to a person, wants to know."""

    name: str
    kind: InputKind = InputKind.TEXT
    title: str = ""
    description: str = ""
    required: bool = True
    default: Json = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a failed step is tried, and how long between.

    Args:
        attempts: Tries in all, the first included.
        kinds: Error kinds worth a retry; empty means every error that says it may pass.
        jitter: Share of the wait by which it may be longer, 0 to 1.
    """

    attempts: int = 3
    first_wait: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    longest_wait: timedelta = timedelta(minutes=5)
    jitter: float = 0.2
    kinds: tuple[str, ...] = ()


class OnError(StrEnum):
    """What a run does when a step has failed for good or was denied."""

    STOP = "stop"
    GO_ON = "go_on"


@dataclass(frozen=True, slots=True)
class Call:
    """Call an operation. Its name and arguments are templates; the latter give an object.

    Args:
        fail_if: An expression over `output`; when true the call counts as failed.
        unattended: A write that needs no yes, because whoever published the workflow said so.
    """

    operation: str
    arguments: Json = field(default_factory=dict)
    fail_if: str | None = None
    unattended: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who may say yes, and until when; `risk` is a word, low, medium or high, or a template."""

    role: Role = Role.APPROVER
    asker_may: bool = False
    expires_after: timedelta | None = timedelta(hours=24)
    risk: str = "medium"


@dataclass(frozen=True, slots=True)
class RequestApproval:
    """Ask for a yes.

    Args:
        covers: Id of the call step whose exact operation and arguments are shown and bound.
    """

    title: str
    details: str = ""
    covers: str | None = None
    rule: ApprovalRule = ApprovalRule()


@dataclass(frozen=True, slots=True)
class Wait:
    """Rest for a duration, until a time, for a letter of a topic, or for a reply in the thread.

    Just one of the four is given. The output is the letter's body; of a reply, `{text, by}`. The
    step's `timeout` limits a wait for a letter or a reply.

    Args:
        duration: A template.
        until: A template.
        topic: A template; letters of that topic may come before the wait begins.
        where: An expression over `letter`; those for which it is false are passed over.
        reply: Whether it waits for the next message of a person in the run's thread.
    """

    duration: Json = None
    until: Json = None
    topic: str | None = None
    where: str | None = None
    reply: bool = False


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Ask a person for input by a form in the thread."""

    question: str
    fields: tuple[Input, ...]
    expires_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Say something in the run's thread: a text, and optionally a report (see `report.py`)."""

    text: str
    report: Json = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """Ask a language model; the output is its text, or an object that obeys `schema`.

    Args:
        text: A template.
        system: A template; what the model is told about its part.
        model: Name of a model; empty leaves the choice to the router.
        schema: JSON schema of the answer, or None for free text.
    """

    text: str
    system: str = ""
    model: str = ""
    schema: Json = None


@dataclass(frozen=True, slots=True)
class RunWorkflow:
    """Run another workflow and wait for its end; the output is its result.

    Args:
        workflow: Its id; the version is the newest when the step begins.
        inputs: A template that gives an object.
    """

    workflow: str
    inputs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForEach:
    """Do some steps for each item of a list; the output is a list of results in the items' order.

    The steps of item 3 of a step `each` have the paths `each[3].<id>`; their templates see `item`,
    `index` and, under their plain ids, each other. An item's result is the output of its last step.

    Args:
        items: A template that gives a list.
        at_once: How many items are worked on side by side.
    """

    items: Json
    steps: "tuple[Step, ...]"
    at_once: int = 4


Work: TypeAlias = (
    Call | RequestApproval | Wait | AskPerson | Notify | Prompt | RunWorkflow | ForEach
)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the recipe.

    Args:
        needs: Ids of the steps that must have ended before this one may begin.
        when: An expression; the step is skipped when it is false. None means always.
        timeout: Of one attempt; None means the default of the install.
        rescues: Id of the step whose failure or denial this one answers; it is skipped otherwise.
        undo: The call that takes back what this step did, made when the run fails or is cancelled
            later; its templates see `output`, the step's own. Its path is `<step>.undo`.
    """

    id: str
    title: str
    work: Work
    needs: tuple[str, ...] = ()
    when: str | None = None
    retry: RetryPolicy = RetryPolicy()
    timeout: timedelta | None = None
    on_error: OnError = OnError.STOP
    rescues: str | None = None
    undo: Call | None = None


class Overlap(StrEnum):
    """What becomes of a start while as many runs of the workflow are active as may be."""

    ALLOW = "allow"
    SKIP = "skip"
    QUEUE = "queue"
    CANCEL_OLD = "cancel_old"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many runs of a workflow are active at once, and which go first.

    Args:
        at_once: None means as many as the install bears.
        overlap: What a start does that finds no room; without `at_once` there always is.
        priority: Runs of a higher one get the next free slot; 0 is usual, -10 to 10.
    """

    at_once: int | None = None
    overlap: Overlap = Overlap.ALLOW
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Workflow:
    """A recipe as published; a run stays on the version it began with.

    Args:
        version: Counts from 1; 0 means not published yet.
        result: Template of the run's result; None means the last step's output.
        phrases: Sentences that start it, such as `profile {service} for {duration}`.
        schedule: Cron expression as written in an older format, or None.
        triggers: What starts it besides people.
        notices: Which of start, milestones, completion, errors the thread hears; empty means all.
        source_format: Name of the format it was written in, for `workflows` and exports.
    """

    id: str
    title: str
    steps: tuple[Step, ...]
    version: int = 0
    description: str = ""
    inputs: tuple[Input, ...] = ()
    result: Json = None
    phrases: tuple[str, ...] = ()
    schedule: str | None = None
    notices: frozenset[str] = frozenset()
    source_format: str = "opstream"
    triggers: tuple[Trigger, ...] = ()
    limits: Limits = Limits()

    def step(self, step_id: str) -> Step:
        """Return the step of that id.

        Raises:
            KeyError: there is none.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
