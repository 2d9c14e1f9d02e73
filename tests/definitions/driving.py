"""Runs a workflow through the real engine, with outputs given instead of tools called."""

from collections.abc import Mapping
from datetime import UTC, datetime

from opstream.definitions import inputs
from opstream.domain import history as h
from opstream.domain.person import Who
from opstream.domain.run import Run, RunStatus, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.engine.evolve import begin
from opstream.engine.settle import settle

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ANA, BO = Who("U1", "Ana"), Who("U2", "Bo")
Called = list[tuple[str, Mapping[str, Json]]]


def drive(
    workflow: Workflow, given: Mapping[str, Json], outputs: Mapping[str, Json]
) -> tuple[Run, Called]:
    """Return the run as it ended, every approval granted, and the calls it made in order.

    Args:
        outputs: By operation; a list holds one output for each call of it.
    """
    values = inputs.read(workflow, given)
    run = begin("run-1", h.RunStarted(NOON, workflow.id, 1, values, ANA, None))
    left = {name: list(o) if isinstance(o, list) else [o] * 99 for name, o in outputs.items()}
    called: Called = []
    facts: list[h.Fact] = []
    now = NOON
    for _ in range(60):
        settled = settle(workflow, run, facts, now, frozenset())
        run, facts = settled.run, []
        if run.status is not RunStatus.ACTIVE:
            break
        for effect in settled.calls:
            call = effect.call
            called.append((call.operation, call.arguments))
            facts.append(h.StepSucceeded(now, effect.step, left[call.operation].pop(0), now))
        for step_id, state in run.steps.items():
            if state.status is StepStatus.ASKING_APPROVAL and state.approval:
                revision = state.approval.revision
                facts.append(h.ApprovalGranted(now, step_id, revision, BO))
        if not facts:
            assert run.wake_at, f"the run rests for good: {run.steps}"
            now = run.wake_at
    return run, called
