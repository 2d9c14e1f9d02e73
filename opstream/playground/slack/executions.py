"""Custom steps of Slack's Workflow Builder, while the app carries them out."""

from dataclasses import dataclass, field
from typing import Literal

from opstream.playground.slack.wire import Json, mapping, text

Ending = Literal["", "completed", "failed"]


@dataclass(frozen=True, slots=True)
class Execution:
    """One time that a workflow came to a step of the app."""

    id: str
    step: str  # the callback_id of the manifest
    inputs: Json
    ending: Ending = ""
    outputs: Json = field(default_factory=dict)
    error: str = ""


def to_disk(one: Execution) -> Json:
    """Return an execution as the store keeps it."""
    return {
        "id": one.id,
        "step": one.step,
        "inputs": one.inputs,
        "ending": one.ending,
        "outputs": one.outputs,
        "error": one.error,
    }


def from_disk(data: Json) -> Execution:
    """Return what `to_disk` wrote."""
    endings: dict[str, Ending] = {"completed": "completed", "failed": "failed"}
    return Execution(
        id=text(data.get("id")),
        step=text(data.get("step")),
        inputs=mapping(data.get("inputs")),
        ending=endings.get(text(data.get("ending")), ""),
        outputs=mapping(data.get("outputs")),
        error=text(data.get("error")),
    )
