"""Figures of two weeks, for cards to show."""

from datetime import timedelta

from opstream.domain.approval import Verdict
from opstream.domain.run import RunStatus, RunSummary
from opstream.domain.statistics import (
    Answers,
    Approvals,
    Durations,
    FailingStep,
    Span,
    Statistics,
)
from tests.blocks.stories import ANA, BO, OPS, PROFILING, at

_MIDNIGHT = -12 * 3_600  # of the day of all stories
EDGES = tuple(at(_MIDNIGHT + day * 86_400) for day in range(-13, 2))
_DONE = (4, 6, 5, 0, 0, 7, 9, 8, 6, 7, 1, 0, 9, 11)
_FAILED = (1, 0, 2, 0, 0, 1, 0, 0, 3, 0, 0, 0, 1, 0)
_DENIED = (0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0)


def _spread(count: int, median: float, p95: float) -> Durations:
    return Durations(count, timedelta(seconds=median), timedelta(seconds=p95))


def _part(done: int, failed: int, denied: int) -> dict[RunStatus, int]:
    found = {RunStatus.SUCCEEDED: done, RunStatus.FAILED: failed, RunStatus.DENIED: denied}
    return {status: number for status, number in found.items() if number}


FIGURES = Statistics(
    span=Span(EDGES),
    parts=tuple(_part(*three) for three in zip(_DONE, _FAILED, _DENIED, strict=True)),
    took=_spread(73, 110, 425),
    by_workflow={
        PROFILING.id: _spread(51, 131, 460),
        "slo_monitoring": _spread(22, 12.4, 31),
    },
    approvals=Approvals(
        {Verdict.GRANTED: 41, Verdict.DENIED: 2, Verdict.EXPIRED: 1},
        _spread(43, 96, 1_840),
        (Answers(BO, 39), Answers(ANA, 4)),
    ),
    failing=(FailingStep(PROFILING.id, "measure", 6), FailingStep("slo_monitoring", "read", 2)),
)
EMPTY = Statistics(Span(EDGES), ({},) * 14, None, {}, Approvals(), ())


def summary(run_id: str, status: RunStatus, seconds: float, **more: object) -> RunSummary:
    """Return a run of Ana's that began so long after noon."""
    waits = bool(more.get("waits", False))
    reason, ended = str(more.get("reason", "")), more.get("took")
    ended_at = at(seconds + float(str(ended))) if ended is not None else None
    return RunSummary(
        run_id, PROFILING.id, 3, status, ANA, OPS, at(seconds), ended_at, reason, waits
    )
