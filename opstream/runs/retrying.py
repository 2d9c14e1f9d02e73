"""Setting an ended run going again: what is done anew, and what only when a person is sure. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.operation import Operation
from opstream.domain.person import Person
from opstream.domain.run import StepStatus
from opstream.domain.workflow import Agent, Call, Prompt, RunWorkflow, Step, Think, Workflow
from opstream.engine.evolve import evolve
from opstream.errors import NeedsConfirmation
from opstream.runs import rules
from opstream.runs.journal import Loaded

START = "start"
"""Written in place of a step: all of it is done anew, unless a step has this id."""

_NAMED_AT_MOST = 6


def plan(
    loaded: Loaded, from_step: str | None, by: Person, now: datetime, version: int | None
) -> Sequence[h.Fact]:
    """Return the new beginning of a run.

    Args:
        loaded: The run, with the version of its workflow that it is to go on with.
        from_step: Where it goes on besides what failed; `START` for everything.
        by: Who wants it.
        now: Now.
        version: The version to note, None when the run keeps its own.

    Raises:
        TooLate: it is still active, or ended well and no step was named.
        NotFound: it has no such step.
    """
    steps = loaded.workflow.steps
    everything = from_step == START and all(step.id != START for step in steps)
    facts = rules.retry(loaded, by, steps[0].id if everything else from_step, now)
    return [_completed(fact, loaded, everything, version) for fact in facts]


def _completed(fact: h.Fact, loaded: Loaded, everything: bool, version: int | None) -> h.Fact:
    if not isinstance(fact, h.RunRetried):
        return fact
    if everything:
        resets = tuple(step.id for step in loaded.workflow.steps)
        afresh = tuple(step.id for step in loaded.workflow.steps if step.needs)
        fact = replace(fact, resets=resets, afresh=afresh)
    if version is None:
        return fact
    drops = tuple(path for path in loaded.run.steps if _step(loaded.workflow, path) is None)
    # A call that was bound for a step is one of the old version.
    return replace(fact, afresh=fact.resets, workflow_version=version, drops=drops)


def require_sure(
    loaded: Loaded, facts: Sequence[h.Fact], find: Callable[[str], Operation | None]
) -> None:
    """Refuse to do finished writes and prompts again unasked.

    Raises:
        NeedsConfirmation: some of them would be; the sentence names them.
    """
    again = list(_again(loaded, facts, find))
    if not again:
        return
    named = ", ".join(again[:_NAMED_AT_MOST])
    more = f" and {len(again) - _NAMED_AT_MOST} more" if len(again) > _NAMED_AT_MOST else ""
    raise NeedsConfirmation(
        f"This would do again what is finished: {named}{more}. "
        "Say that you are sure (`sure=yes`), or go on from a later step."
    )


def _again(
    loaded: Loaded, facts: Sequence[h.Fact], find: Callable[[str], Operation | None]
) -> Iterator[str]:
    """Yield what finished steps would be repeated, in words; a loop repeats only what is left of it."""
    after = reduce(evolve, facts, loaded.run)
    for path, state in loaded.run.steps.items():
        kept = after.state(path).status is StepStatus.SUCCEEDED
        if state.status is StepStatus.SUCCEEDED and not kept and paths.undone(path) is None:
            undone = loaded.run.state(paths.undo(path)).status is StepStatus.SUCCEEDED
            what = "" if undone else _costs(_step(loaded.workflow, path), find)
            if what:
                yield f"`{path}` ({what})"


def _step(workflow: Workflow, path: str) -> Step | None:
    """Return the step of a path, None when this version has none."""
    try:
        return workflow.step(path)
    except KeyError:
        return None


def _costs(step: Step | None, find: Callable[[str], Operation | None]) -> str:
    """Return why a step should not be repeated by accident, '' when it may be."""
    match step.work if step else None:
        case Call(operation=name):
            operation = find(name)
            return "" if operation is not None and not operation.writes else "changes something"
        case Prompt() | Agent() | Think():
            return "asks a model"
        case RunWorkflow():
            return "runs another workflow"
    return ""
