"""What workflows have to do with each other: names of others that are not there, and circles.

A name that is not there is a doubt, no fault, as it may come later. A circle of workflows that run each other
is a fault of the one that closes it.
"""

from collections.abc import Iterator, Mapping, Sequence

from opstream.definitions.draft import Draft
from opstream.definitions.section import close_to
from opstream.domain.trigger import AfterRun
from opstream.domain.workflow import ForEach, RunWorkflow, Step, Workflow
from opstream.errors import Complaint


def doubts(drafts: Mapping[str, Draft]) -> Iterator[Complaint]:
    """Yield a complaint for each name of a workflow that no workflow has, by file and line."""
    for workflow_id, draft in sorted(drafts.items()):
        file = draft.document.file or f"`{workflow_id}`"
        for line, name in _named(draft):
            if name and name not in drafts:
                problem = f"There is no workflow `{name}`, which this one names."
                yield Complaint(file, line, problem, close_to(name, list(drafts)))


def circle(draft: Draft, others: Sequence[Workflow]) -> Complaint | None:
    """Return a complaint when a workflow runs itself, or another one that leads back to it."""
    own = draft.workflow.id
    runs = {other.id: run_by(other.steps) for other in others if other.id != own}
    for placed in draft.every_step():
        if not isinstance(placed.step.work, RunWorkflow):
            continue
        way = _way(placed.step.work.workflow, own, runs)
        if way is not None:
            links = ", which runs ".join(f"`{name}`" for name in way)
            problem = f"`{own}` runs {links}: they would start each other without an end."
            remedy = "Take one of these steps out, or start one of the workflows by a trigger."
            file = draft.document.file or f"`{own}`"
            return Complaint(file, draft.step_line(placed, "run"), problem, remedy)
    return None


def run_by(steps: Sequence[Step]) -> Sequence[str]:
    """Return the ids of the workflows that some steps run, those inside loops too."""
    found: list[str] = []
    for step in steps:
        match step.work:
            case RunWorkflow(workflow=name):
                found.append(name)
            case ForEach(steps=inner):
                found += run_by(inner)
    return found


def _way(start: str, end: str, runs: Mapping[str, Sequence[str]]) -> Sequence[str] | None:
    """Return a way from one workflow to another along what they run, both included; None if none is."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way
        further = [name for name in runs.get(way[-1], ()) if name not in seen]
        seen.update(further)
        ways += [[*way, name] for name in further]
    return None


def _named(draft: Draft) -> Iterator[tuple[int, str]]:
    for placed in draft.every_step():
        if isinstance(placed.step.work, RunWorkflow):
            yield draft.step_line(placed, "run"), placed.step.work.workflow
    for number, trigger in enumerate(draft.workflow.triggers):
        if isinstance(trigger, AfterRun):
            yield draft.trigger_line(number, "after"), trigger.workflow
