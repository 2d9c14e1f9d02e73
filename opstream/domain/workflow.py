"""The recipe: a workflow, its inputs and its steps."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias

from opstream.domain import paths
from opstream.domain.inputs import Input, InputKind
from opstream.domain.order import Order
from opstream.domain.policies import ApprovalRule, Escalation, Limits, OnError, Overlap, RetryPolicy
from opstream.domain.trigger import Trigger
from opstream.domain.values import Json

__all__ = [
    "ApprovalRule",
    "AskPerson",
    "Call",
    "Escalation",
    "ForEach",
    "Input",
    "InputKind",
    "Limits",
    "Notify",
    "OnError",
    "Overlap",
    "Prompt",
    "RequestApproval",
    "RetryPolicy",
    "RunWorkflow",
    "Step",
    "Wait",
    "Work",
    "Workflow",
]


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
class RequestApproval:
    """Ask for a yes.

    Args:
        covers: Id of the call step whose exact operation and arguments are shown and bound.
    """

    title: str
    details: str = ""
    covers: str | None = None
    rule: ApprovalRule = field(default_factory=ApprovalRule)


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
    order: "Order[Step]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", Order(self.steps))


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
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    timeout: timedelta | None = None
    on_error: OnError = OnError.STOP
    rescues: str | None = None
    undo: Call | None = None

    @property
    def covers(self) -> str | None:
        """Id of the step whose call this one asks for, or None."""
        return self.work.covers if isinstance(self.work, RequestApproval) else None

    @property
    def has_undo(self) -> bool:
        """Whether it, or a step inside it, says how it is undone."""
        inner = self.work.steps if isinstance(self.work, ForEach) else ()
        return self.undo is not None or any(step.has_undo for step in inner)

    def inside(self, scope: str, order: "Order[Step]") -> "Step":
        """Return this step as it stands in a scope, such as `each[3].`: all ids are paths.

        What it needs outside has ended before the loop began, so that is left out.
        """
        work = self.work
        if isinstance(work, RequestApproval) and work.covers is not None:
            work = replace(work, covers=scope + work.covers)
        return replace(
            self,
            id=scope + self.id,
            work=work,
            needs=tuple(scope + need for need in order.needs[self.id]),
            rescues=None if self.rescues is None else scope + self.rescues,
        )


@dataclass(frozen=True, slots=True)
class Workflow:
    """A recipe as published; a run stays on the version it began with.

    Args:
        version: Counts from 1; 0 means not published yet.
        result: Template of the run's result; None means the last step's output.
        phrases: Sentences that start it, such as `profile {service} for {duration}`.
        triggers: What starts it besides people.
        order: Its steps, looked up fast.
        has_undo: Whether any step, inner ones too, says how it is undone.
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
    notices: frozenset[str] = frozenset()
    source_format: str = "opstream"
    triggers: tuple[Trigger, ...] = ()
    limits: Limits = field(default_factory=Limits)
    order: Order[Step] = field(init=False, repr=False, compare=False)
    has_undo: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", Order(self.steps))
        object.__setattr__(self, "has_undo", any(step.has_undo for step in self.steps))

    def step(self, path: str) -> Step:
        """Return the step of a path; one inside a loop, or one that undoes, has the path as its id.

        Raises:
            KeyError: there is none.
        """
        found = self.order.by_id.get(path)
        return found if found is not None else self._inner(path)

    def order_of(self, scope: str) -> Order[Step]:
        """Return the steps of a scope: those of the workflow for ``, of a loop for `each[3].`.

        Raises:
            KeyError: there is no such loop.
        """
        if not scope:
            return self.order
        work = self.step(paths.loop(scope)).work
        if not isinstance(work, ForEach):
            raise KeyError(scope)
        return work.order

    def _inner(self, path: str) -> Step:
        if (of := paths.undone(path)) is not None:
            step = self.step(of)
            if step.undo is None:
                raise KeyError(path)
            title = f"Undo: {step.title}"
            return Step(path, title, step.undo, retry=step.retry, timeout=step.timeout)
        scope = paths.scope(path)
        if not scope:
            raise KeyError(path)
        order = self.order_of(scope)
        return order.by_id[path.removeprefix(scope)].inside(scope, order)
