"""`functions.*`: how a custom step of a workflow ended."""

from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.executions import Execution
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json, mapping


def _running(call: Call) -> Execution:
    found = call.hub.workspace.executions.get(call.text("function_execution_id"))
    if found is None:
        raise SlackError("function_execution_not_found")
    if found.ending:
        raise SlackError("execution_not_in_running_state")
    return found


def complete(call: Call) -> Json:
    """End a step well; its outputs have to fit what the manifest says."""
    running = _running(call)
    outputs = mapping(call.json("outputs", "parameter_validation_failed"))
    step = call.hub.manifest.steps.get(running.step)
    if step is None or any(name not in outputs for name in step.required_outputs):
        raise SlackError("parameter_validation_failed")
    ended = replace(running, ending="completed", outputs=outputs)
    call.hub.record(h.StepEnded(ended))
    return {}


def fail(call: Call) -> Json:
    """End a step badly, with a sentence for whoever runs the workflow."""
    ended = replace(_running(call), ending="failed", error=call.text("error"))
    call.hub.record(h.StepEnded(ended))
    return {}


EXECUTION = "function_execution_id"

METHODS: Methods = {
    "functions.completeSuccess": Method(complete, Tier.THREE, (), (EXECUTION, "outputs")),
    "functions.completeError": Method(fail, Tier.THREE, (), (EXECUTION, "error")),
}
