"""The recipe: a workflow, its inputs and its steps."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from opstream.domain.person import Role
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
    """Rest for a duration or until a time; both are templates, one of them is given."""

    duration: Json = None
    until: Json = None


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


Work: TypeAlias = Call | RequestApproval | Wait | AskPerson | Notify


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the recipe.

    Args:
        needs: Ids of the steps that must have ended before this one may begin.
        when: An expression; the step is skipped when it is false. None means always.
        timeout: Of one attempt; None means the default of the install.
    """

    id: str
    title: str
    work: Work
    needs: tuple[str, ...] = ()
    when: str | None = None
    retry: RetryPolicy = RetryPolicy()
    timeout: timedelta | None = None
    on_error: OnError = OnError.STOP


@dataclass(frozen=True, slots=True)
class Workflow:
    """A recipe as published; a run stays on the version it began with.

    Args:
        version: Counts from 1; 0 means not published yet.
        result: Template of the run's result; None means the last step's output.
        phrases: Sentences that start it, such as `profile {service} for {duration}`.
        schedule: Cron expression as written, or None.
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

    def step(self, step_id: str) -> Step:
        """Return the step of that id.

        Raises:
            KeyError: there is none.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
