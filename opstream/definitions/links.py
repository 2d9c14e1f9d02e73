"""Which workflows name others that are not there: a doubt, no fault, as they may come later."""

from collections.abc import Iterator, Mapping

from opstream.definitions.draft import Draft
from opstream.definitions.section import close_to
from opstream.domain.trigger import AfterRun
from opstream.domain.workflow import RunWorkflow
from opstream.errors import Complaint


def doubts(drafts: Mapping[str, Draft]) -> Iterator[Complaint]:
    """Yield a complaint for each name of a workflow that no workflow has, by file and line."""
    for workflow_id, draft in sorted(drafts.items()):
        file = draft.document.file or f"`{workflow_id}`"
        for line, name in _named(draft):
            if name and name not in drafts:
                problem = f"There is no workflow `{name}`, which this one names."
                yield Complaint(file, line, problem, close_to(name, list(drafts)))


def _named(draft: Draft) -> Iterator[tuple[int, str]]:
    for placed in draft.every_step():
        if isinstance(placed.step.work, RunWorkflow):
            yield draft.step_line(placed, "run"), placed.step.work.workflow
    for number, trigger in enumerate(draft.workflow.triggers):
        if isinstance(trigger, AfterRun):
            yield draft.trigger_line(number, "after"), trigger.workflow
