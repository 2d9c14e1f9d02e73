"""The frame of a notice about a run. Pure."""

from opstream.domain.notification import Notice, NoticeKind
from opstream.domain.run import Run
from opstream.domain.workflow import Workflow


def name_of(workflow: Workflow) -> str:
    """Return what a workflow is called in a notice."""
    return f"“{workflow.title or workflow.id}”"


def notice(run: Run, key: str, kind: NoticeKind, text: str, origin: str = "") -> Notice:
    """Return a notice about a run, with a key that tells it apart from all others."""
    return Notice(
        f"{run.id}/{key}", kind, text, run.workflow_id, run=run.id, place=run.place, origin=origin
    )
