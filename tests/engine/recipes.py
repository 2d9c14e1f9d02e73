"""Small workflows and runs for the engine's tests."""

from datetime import UTC, datetime, timedelta

from opstream.domain import history as h
from opstream.domain.person import Who
from opstream.domain.run import Run
from opstream.domain.workflow import Call, Step, Workflow
from opstream.engine.evolve import begin, evolve

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANA, BO = Who("U0ANA00001", "Ana"), Who("U0BO000001", "Bo")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def call(step_id: str, *needs: str, operation: str = "test.read", **more) -> Step:
    fields = {key: more.pop(key) for key in ("when", "retry", "on_error", "timeout") if key in more}
    return Step(step_id, step_id.title(), Call(operation, **more), needs, **fields)


def workflow(*steps: Step, **more) -> Workflow:
    return Workflow("demo", "Demo", steps, version=1, **more)


def started(**inputs) -> Run:
    return begin("r1", h.RunStarted(NOON, "demo", 1, inputs, ANA, None))


def told(run: Run, *facts: h.Fact) -> Run:
    for fact in facts:
        run = evolve(run, fact)
    return run


def succeeded(step_id: str, output=None, at: float = 1) -> h.StepSucceeded:
    return h.StepSucceeded(after(at), step_id, output, NOON)


def failed(step_id: str, *, retry_in: float | None = None, known: bool = True) -> h.StepFailed:
    retry_at = None if retry_in is None else after(retry_in)
    return h.StepFailed(after(1), step_id, "It broke.", "error", NOON, retry_at, known)
