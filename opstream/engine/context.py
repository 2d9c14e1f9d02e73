"""What a template can see of a run: inputs, steps, and the run itself."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from opstream.domain import paths
from opstream.domain.run import Run, StepState, StepStatus
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Workflow

_NEW = StepState()


class _Steps(Mapping[str, Json]):
    """The steps by id, made on demand: a template reads two of them, a run may have thousands.

    Args:
        scopes: Beginnings of paths, the innermost first: a step in a loop sees its neighbours before
            it sees those outside.
    """

    def __init__(self, workflow: Workflow, run: Run, scopes: Sequence[str]) -> None:
        self._workflow, self._run, self._scopes = workflow, run, scopes

    def __getitem__(self, step_id: str) -> Json:
        state = self._state(step_id)
        shown: dict[str, Json] = {"status": state.status.value, "error": state.error}
        if state.settled:
            shown["output"] = state.output
        return shown

    def _state(self, step_id: str) -> StepState:
        for scope in self._scopes:
            if (state := self._run.steps.get(scope + step_id)) is not None:
                return state
            with suppress(KeyError):
                self._workflow.step(scope + step_id)
                return _NEW
        raise KeyError(step_id)

    def __iter__(self) -> Iterator[str]:
        return (step.id for step in self._workflow.steps)

    def __len__(self) -> int:
        return len(self._workflow.steps)


def context_of(workflow: Workflow, run: Run, path: str = "") -> JsonObject:
    """Return the variables of a template: `inputs`, `steps`, `run`, and `<step>_output`.

    Args:
        path: Of the step whose template it is. In a loop it also sees `item` and `index`; where it
            undoes another step, that one's `output`.
    """
    scopes = [""]
    context: dict[str, Json] = {}
    for loop, index in paths.items(path):
        scopes.insert(0, paths.inside(loop, index, ""))
        items = run.state(loop).items
        context |= {"item": items[index] if index < len(items) else None, "index": index}
    if (undone := paths.undone(path)) is not None:
        context["output"] = run.state(undone).output
    context |= {
        "inputs": run.inputs,
        "steps": _Steps(workflow, run, scopes),
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
