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
from opstream.domain.work import (
    AskPerson,
    Call,
    Notify,
    Prompt,
    RequestApproval,
    RunWorkflow,
    Think,
    Wait,
)

__all__ = [
    "Agent",
    "ApprovalRule",
    "AskPerson",
    "Call",
    "Escalation",
    "ForEach",
    "Input",
    "InputKind",
    "Limits",
    "Loop",
    "Notify",
    "OnError",
    "Overlap",
    "Prompt",
    "RequestApproval",
    "RetryPolicy",
    "RunWorkflow",
    "Step",
    "Think",
    "Wait",
    "Work",
    "Workflow",
]


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


@dataclass(frozen=True, slots=True)
class Agent:
    """Let a model work towards a goal: it calls operations, turn by turn, until it answers.

    It runs like a loop whose items are turns: `look[2].think` asks the model, `look[2].act[0].call` makes
    the first call that it wants then. A call that fails, or that nobody allowed, is an answer to the
    model and ends nothing. The output is `{text, sources}`, with `data` where a schema is given.

    Args:
        task: A template; what is to be found out or done.
        system: A template; what the model is told about its part besides.
        model: Name of a model; empty leaves the choice to the router.
        tools: Names of operations that it may use, such as `estate.*`; empty means all that whoever
            started the run may use.
        turns: How often the model is asked at most; the last time it has to answer.
        tokens: How many tokens it may take in all before it has to answer.
        schema: JSON schema of the `data` of its answer, or None for text alone.
    """

    task: str
    system: str = ""
    model: str = ""
    tools: tuple[str, ...] = ()
    turns: int = 16
    tokens: int = 200_000
    schema: Json = None
    steps: "tuple[Step, ...]" = field(init=False, repr=False, compare=False)
    order: "Order[Step]" = field(init=False, repr=False, compare=False)
    at_once: int = field(default=1, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", _TURN)
        object.__setattr__(self, "order", _TURN_ORDER)


Loop: TypeAlias = ForEach | Agent
"""What does its inner steps again and again."""

Work: TypeAlias = (
    Call | RequestApproval | Wait | AskPerson | Notify | Prompt | RunWorkflow | Loop | Think
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
        inner = self.work.steps if isinstance(self.work, Loop) else ()
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


_TURN = (
    Step("think", "Think", Think()),
    Step(
        "act",
        "Act",
        ForEach(
            "{{ steps.think.output.calls }}",
            (
                Step(
                    "call",
                    "What the agent wants to do",
                    Call("{{ item.operation }}", "{{ item.arguments }}"),
                    on_error=OnError.GO_ON,
                ),
            ),
            at_once=8,
        ),
        needs=("think",),
    ),
)
"""What an agent does again and again; its templates are ours, and what a model says is none."""
_TURN_ORDER = Order(_TURN)


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
        conversation: Whether its runs are talk: no card, no place in lists unless asked for, and whoever
            may look may begin one.
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
    conversation: bool = False
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

    def is_of_agent(self, path: str) -> bool:
        """Return whether a step is what an agent thinks or does, and not what somebody wrote down."""
        return any(isinstance(self.step(loop).work, Agent) for loop, _ in paths.items(path))

    def order_of(self, scope: str) -> Order[Step]:
        """Return the steps of a scope: those of the workflow for ``, of a loop for `each[3].`.

        Raises:
            KeyError: there is no such loop.
        """
        if not scope:
            return self.order
        work = self.step(paths.loop(scope)).work
        if not isinstance(work, Loop):
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
