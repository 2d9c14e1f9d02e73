"""Runs as facts add them up, for cards to show."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.conversation import Place
from opstream.domain.person import Who
from opstream.domain.run import RunView
from opstream.domain.workflow import (
    ApprovalRule,
    AskPerson,
    Call,
    Input,
    InputKind,
    Notify,
    RequestApproval,
    Step,
    Wait,
    Workflow,
)
from opstream.engine.evolve import replay

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANA = Who("U0ANA00001", "Ana Silva")
BO = Who("U0BO000001", "Bo Chen")
OPS = Place("C0OPS00001")
RUN = "r4f7k2q9dx"

PROFILING = Workflow(
    "application_profiling",
    "Application Performance Profiling",
    (
        Step("measure", "Measure the service", Call("estate.cloudwatch_metrics")),
        Step("report", "Say what was found", Notify("Found it", None), needs=("measure",)),
        Step(
            "ask",
            "Ask for a yes",
            RequestApproval("Scale checkout?", covers="scale"),
            needs=("report",),
        ),
        Step("scale", "Scale the service", Call("estate.scale"), needs=("ask",)),
        Step("settle", "Let it settle", Wait(duration="30s"), needs=("scale",)),
        Step(
            "rate",
            "Ask how it went",
            AskPerson("How well did it go?", (Input("stars", InputKind.NUMBER, "Stars"),)),
            needs=("settle",),
        ),
    ),
    version=3,
    description="Finds bottlenecks of a service and proposes a fix.",
    inputs=(
        Input("service", title="Service"),
        Input("duration", InputKind.DURATION, "How long", default="2m"),
    ),
    phrases=("profile {service} for {duration}",),
)

REPORT = {
    "summary": "checkout spends 62 % of its time waiting for a database connection.",
    "findings": [
        {
            "title": "The connection pool is too small",
            "detail": "8 of 8 connections are in use; 41 requests wait.",
            "severity": "critical",
        }
    ],
    "tables": [
        {
            "title": "Latency by operation",
            "columns": ["operation", "p99"],
            "rows": [["pay", "812 ms"], ["list", "95 ms"]],
        }
    ],
    "charts": [
        {
            "title": "p99 latency",
            "kind": "line",
            "unit": "ms",
            "labels": ["12:00", "12:01", "12:02"],
            "series": [{"name": "checkout", "values": [210.0, None, 812.5]}],
        }
    ],
    "simulation": True,
}
SCALING = ProposedCall("scale", "estate.scale", {"service": "checkout", "replicas": 4})
NOTICE = {"text": "Found one bottleneck in `checkout`.", "report": REPORT}


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def started(seconds: float = 0, place: Place | None = OPS) -> h.RunStarted:
    inputs = {"service": "checkout", "duration": "2m"}
    return h.RunStarted(at(seconds), PROFILING.id, 3, inputs, ANA, place)


def done(step: str, seconds: float, output: object = None, took: float = 10) -> h.StepSucceeded:
    return h.StepSucceeded(at(seconds), step, output, at(seconds - took))


def asked(seconds: float, revision: int = 1, call: ProposedCall = SCALING) -> h.ApprovalRequested:
    return h.ApprovalRequested(
        at(seconds),
        "ask",
        revision,
        "Scale checkout to 4 replicas?",
        "The pool is full, and replicas bring pools of their own.",
        ApprovalRule(risk="medium"),
        call,
        at(86_400),
    )


def view(*facts: h.Fact, workflow: Workflow = PROFILING, **more: object) -> RunView:
    return RunView(workflow, replay(RUN, facts), **more)


MEASURED = (started(), done("measure", 12, {"p99": 812.5}))
NOTIFIED = (*MEASURED, done("report", 13, NOTICE, took=0))
ASKING = (*NOTIFIED, asked(14))
GRANTED = (*ASKING, h.ApprovalGranted(at(60), "ask", 1, BO))
SCALED = (
    *GRANTED,
    h.StepScheduled(at(61), "scale", 1, SCALING),
    done("scale", 63, {"replicas": 4}, took=2),
)
RESTING = (*SCALED, h.WaitBegan(at(63), "settle", at(93)))
QUESTION = (
    *RESTING,
    done("settle", 93),
    h.QuestionAsked(at(94), "rate", "How well did it go?", PROFILING.steps[5].work.fields, None),
)
ENDED = (
    *QUESTION,
    h.QuestionAnswered(at(100), "rate", {"stars": 5}, ANA),
    h.RunFinished(at(101), h.Outcome.SUCCEEDED, "p99 went from 812 ms to 190 ms."),
)
FAILED = (
    started(),
    h.StepFailed(at(40), "measure", "The estate did not answer.", "timeout", at(5)),
    h.RunFinished(at(40), h.Outcome.FAILED, reason="“Measure the service” failed."),
)


def every_state() -> dict[str, RunView]:
    """One view of each state that a run can be in."""
    sent_back = h.ChangesRequested(at(30), "ask", 1, BO, "Three will do.", {"replicas": 3})
    smaller = ProposedCall("scale", "estate.scale", {"service": "checkout", "replicas": 3})
    retrying = h.StepFailed(at(20), "measure", "No answer.", "timeout", at(5), retry_at=at(25))
    scheduled = (*GRANTED, h.StepScheduled(at(61), "scale", 1, SCALING))
    denied = (*ASKING, h.ApprovalDenied(at(70), "ask", 1, BO, "Not on a Friday."))
    stories: dict[str, Sequence[h.Fact]] = {
        "begun": (started(),),
        "retrying": (started(), retrying),
        "measured": MEASURED,
        "notified": NOTIFIED,
        "asking": ASKING,
        "sent back": (*ASKING, sent_back, asked(31, 2, smaller)),
        "granted": GRANTED,
        "denied": (*denied, h.RunFinished(at(70), h.Outcome.DENIED, reason="Bo said no.")),
        "expired": (*ASKING, h.ApprovalExpired(at(86_400), "ask", 1)),
        "withdrawn": (*ASKING, h.RunFinished(at(70), h.Outcome.CANCELLED, reason="x", by=ANA)),
        "doubted": (*scheduled, h.StepDoubted(at(65), "scale", "Did it happen?")),
        "resting": RESTING,
        "paused": (*RESTING, h.RunPaused(at(70), ANA)),
        "question": QUESTION,
        "ended": ENDED,
        "failed": FAILED,
        "retried": (*FAILED, h.RunRetried(at(90), ANA, ("measure",))),
    }
    return {name: view(*facts, left=timedelta(seconds=42)) for name, facts in stories.items()}
