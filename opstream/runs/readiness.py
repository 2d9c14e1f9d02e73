"""Whether a workflow can run at all: every operation it names has a source that has it, or may."""

from collections.abc import Iterator, Sequence

from opstream.domain.operation import Health
from opstream.domain.workflow import Call, ForEach, OnError, Step, Workflow
from opstream.errors import BadInput, NotFound
from opstream.ports import Operations


def require_operations(workflow: Workflow, operations: Operations) -> None:
    """Refuse a workflow whose operations nobody has.

    While a source is starting nothing is refused, nor is what belongs to a source that is down: that
    is for the retries of the step. Steps whose failure the workflow puts up with are not asked.

    Raises:
        BadInput: an operation is not there, or several have it; the sentence offers what comes close.
    """
    sources = operations.sources()
    if any(one.health is Health.STARTING for one in sources):
        return
    down = {one.name for one in sources if one.health is not Health.READY}
    for step in workflow.steps:
        name = step.work.operation if isinstance(step.work, Call) else ""
        tolerated = step.on_error is OnError.GO_ON or name.partition(".")[0] in down
        if not name or "{{" in name or tolerated:
            continue
        try:
            operations.find(name)
        except NotFound as error:
            raise BadInput(
                f"`{workflow.id}` cannot start: its step “{step.title or step.id}” calls a tool "
                f"that I do not have. {error}"
            ) from error


def called(steps: Sequence[Step]) -> Iterator[str]:
    """Yield the operations that steps name, those that take something back among them."""
    for step in steps:
        for work in (step.work, step.undo):
            if isinstance(work, Call):
                yield work.operation
        if isinstance(step.work, ForEach):
            yield from called(step.work.steps)
