"""What a template can see of a run: inputs, steps, and the run itself."""

from collections.abc import Iterator, Mapping

from opstream.domain.run import Run, StepState, StepStatus
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Workflow

_NEW = StepState()


class _Steps(Mapping[str, Json]):
    """The steps by id, made on demand: a template reads two of them, a run may have thousands."""

    def __init__(self, workflow: Workflow, run: Run) -> None:
        self._workflow, self._run = workflow, run

    def __getitem__(self, step_id: str) -> Json:
        state = self._run.steps.get(step_id)
        if state is None:
            self._workflow.step(step_id)  # KeyError for a step that does not exist
            state = _NEW
        shown: dict[str, Json] = {"status": state.status.value, "error": state.error}
        if state.settled:
            shown["output"] = state.output
        return shown

    def __iter__(self) -> Iterator[str]:
        return (step.id for step in self._workflow.steps)

    def __len__(self) -> int:
        return len(self._workflow.steps)


def context_of(workflow: Workflow, run: Run) -> JsonObject:
    """Return the variables of a template: `inputs`, `steps`, `run`, and `<step>_output`."""
    context: dict[str, Json] = {
        "inputs": run.inputs,
        "steps": _Steps(workflow, run),
        "run": {
            "id": run.id,
            "asker": run.by.name,
            "asker_id": run.by.id,
            "started_at": run.started_at.isoformat(),
        },
    }
    if workflow.source_format == "steps_json":  # the older format names outputs like this
        for step_id, state in run.steps.items():
            if state.status is StepStatus.SUCCEEDED:
                context[f"{step_id}_output"] = state.output
    return context
