"""How much room a workflow leaves beside one more run, and what is said when there is none. Pure."""

from opstream.domain.history import Parent
from opstream.domain.person import Who
from opstream.domain.run import RunStatus, RunSummary
from opstream.domain.workflow import Overlap, Workflow
from opstream.ports import Defaults, Room
from opstream.runs import senders

TAKING_ROOM = frozenset({RunStatus.ACTIVE, RunStatus.PAUSED, RunStatus.STOPPING})


def at_once(workflow: Workflow) -> int | None:
    """Return how many runs of a workflow may be active, None for any number."""
    return None if workflow.limits.overlap is Overlap.ALLOW else workflow.limits.at_once


def room_for(
    workflow: Workflow, by: Who, defaults: Defaults, parent: Parent | None = None
) -> Room | None:
    """Return what must hold for a run to begin, or None when it may begin anyway.

    A run that another one waits for takes none of a person's places: the other one has it already, and
    would keep it for ever if this one had to wait for it.
    """
    most = at_once(workflow)
    counts = senders.is_person(by.id) and parent is None
    of_person = defaults.runs_per_person if counts else None
    if most is None and of_person is None:
        return None
    return Room(
        of_workflow=None if most is None else most - 1,
        of_person=None if of_person is None else of_person - 1,
    )


def no_room(workflow: Workflow, active: RunSummary | None) -> str:
    """Return why a run was not started, naming one that is active."""
    most = workflow.limits.at_once or 1
    runs = "one run" if most == 1 else f"{most} runs"
    which = ""
    if active is not None:
        since = f"{active.started_at:%H:%M} UTC"
        which = f" `{active.id}` has been active since {since}, started by {active.by.name}."
    return (
        f"`{workflow.id}` has {runs} at a time, so nothing was started.{which} "
        "Wait for its end, or cancel it."
    )
