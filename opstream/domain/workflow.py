"""The recipe: a workflow, its inputs and its steps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeAlias

from opstream.domain import paths
from opstream.domain.inputs import Input, InputKind
from opstream.domain.policies import ApprovalRule, Limits, OnError, Overlap, RetryPolicy
from opstream.domain.trigger import Trigger
from opstream.domain.values import Json

__all__ = [
    "ApprovalRule",
    "AskPerson",
    "Call",
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
    "rescued",
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

    def inside(self, scope: str) -> "tuple[Step, ...]":
        """Return the steps as they stand in a scope, such as `each[3].`: all ids are paths.

        What a step needs outside has ended before the loop began, so it is left out.
        """
        own = frozenset(step.id for step in self.steps)
        return tuple(step.inside(scope, own) for step in self.steps)


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

    def inside(self, scope: str, neighbours: frozenset[str]) -> "Step":
        """Return this step as it stands in a scope beside its neighbours."""
        work = self.work
        if isinstance(work, RequestApproval) and work.covers is not None:
            work = replace(work, covers=scope + work.covers)
        return replace(
            self,
            id=scope + self.id,
            work=work,
            needs=tuple(scope + need for need in self.needs if need in neighbours),
            rescues=None if self.rescues is None else scope + self.rescues,
        )


def _has_undo(step: Step) -> bool:
    inner = step.work.steps if isinstance(step.work, ForEach) else ()
    return step.undo is not None or any(_has_undo(one) for one in inner)


def rescued(steps: "Iterable[Step]") -> frozenset[str]:
    """Return the ids of those steps whose failure others among them answer."""
    return frozenset(step.rescues for step in steps if step.rescues is not None)


@dataclass(frozen=True, slots=True)
class Workflow:
    """A recipe as published; a run stays on the version it began with.

    Args:
        version: Counts from 1; 0 means not published yet.
        result: Template of the run's result; None means the last step's output.
        phrases: Sentences that start it, such as `profile {service} for {duration}`.
        triggers: What starts it besides people.
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
    _by_id: Mapping[str, Step] = field(init=False, repr=False, compare=False)
    _rescued: frozenset[str] = field(init=False, repr=False, compare=False)
    has_undo: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {step.id: step for step in self.steps})
        object.__setattr__(self, "_rescued", rescued(self.steps))
        object.__setattr__(self, "has_undo", any(_has_undo(step) for step in self.steps))

    def step(self, path: str) -> Step:
        """Return the step of a path; one inside a loop, or one that undoes, has the path as its id.

        Raises:
            KeyError: there is none.
        """
        found = self._by_id.get(path)
        return found if found is not None else self._inner(path)

    def is_rescued(self, step_id: str) -> bool:
        """Return whether other steps answer the failure of one."""
        return step_id in self._rescued

    def _inner(self, path: str) -> Step:
        if (of := paths.undone(path)) is not None:
            step = self.step(of)
            if step.undo is None:
                raise KeyError(path)
            title = f"Undo: {step.title}"
            return Step(path, title, step.undo, retry=step.retry, timeout=step.timeout)
        scope = paths.scope(path)
        loop = self.step(scope[: scope.rindex("[")]) if scope else None
        if loop is None or not isinstance(loop.work, ForEach):
            raise KeyError(path)
        for step in loop.work.inside(scope):
            if step.id == path:
                return step
        raise KeyError(path)
