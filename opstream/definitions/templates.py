"""The templates of a step, each with the place where it stands and what it may see besides the run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opstream.definitions.yaml_events import Path
from opstream.domain.values import Json
from opstream.domain.workflow import (
    Agent,
    AskPerson,
    Call,
    ForEach,
    Notify,
    Prompt,
    RequestApproval,
    RunWorkflow,
    Step,
    Think,
    Wait,
)
from opstream.engine import expressions


@dataclass(frozen=True, slots=True)
class Written:
    """A template.

    Args:
        path: Its keys below the step, in the words of our own format.
        sees: Names that it sees besides inputs, steps, the run, and the item of a loop.
        itself: Whether it is worked out after the step has ended, and may use its output.
    """

    path: Path
    text: str
    sees: tuple[str, ...] = ()
    itself: bool = False


def of_step(step: Step) -> Iterator[Written]:
    """Yield the templates of a step; `fail_if` is not among them, as it sees nothing but `output`."""
    if step.when is not None:
        yield Written(("when",), expressions.bare(step.when))
    for path, text in _of_work(step):
        yield Written(path, text)
    if isinstance(step.work, Wait) and step.work.where is not None:
        yield Written(("wait", "where"), expressions.bare(step.work.where), ("letter",))
    if step.undo is not None:
        for path, text in of_call(step.undo):
            yield Written(("undo", *path), text, ("output",), itself=True)


def of_call(call: Call) -> Iterator[tuple[Path, str]]:
    """Yield the templates of a call, each with its path."""
    yield ("call",), call.operation
    yield from leaves(("with",), call.arguments)


def leaves(path: Path, value: Json) -> Iterator[tuple[Path, str]]:
    """Yield the texts in a value, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves((*path, key), item)
    elif isinstance(value, Sequence):
        for number, item in enumerate(value):
            yield from leaves((*path, number), item)


def _of_work(step: Step) -> Iterator[tuple[Path, str]]:
    match step.work:
        case Call() as call:
            yield from of_call(call)
        case RunWorkflow() as run:
            yield from leaves(("run", "inputs"), run.inputs)
        case ForEach() as loop:
            yield from leaves(("for_each", "items"), loop.items)
        case Wait() as wait:
            yield from leaves(("wait", "for"), wait.duration)
            yield from leaves(("wait", "until"), wait.until)
            yield ("wait", "topic"), wait.topic or ""
        case Notify() as notify:
            yield ("notify", "text"), notify.text
            yield from leaves(("notify", "report"), notify.report)
        case Think():
            return
        case asking:
            yield from _of_asking(asking)


def _of_asking(work: Prompt | Agent | RequestApproval | AskPerson) -> Iterator[tuple[Path, str]]:
    match work:
        case Prompt(template=name, values=values) if name:  # its texts see these alone
            yield from leaves(("prompt", "with"), values)
        case Prompt() as prompt:
            yield ("prompt", "text"), prompt.text
            yield ("prompt", "system"), prompt.system
        case Agent() as agent:
            yield ("agent", "task"), agent.task
            yield ("agent", "system"), agent.system
        case RequestApproval() as request:
            yield ("approval", "title"), request.title
            yield ("approval", "details"), request.details
            yield ("approval", "risk"), request.rule.risk
        case AskPerson() as ask:
            yield ("ask", "question"), ask.question
