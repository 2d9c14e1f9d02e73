"""Where the time of a request goes: the spans of many traces, and the slowest of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from opstream.playground.estate.load import chance
from opstream.playground.estate.measures import Sample
from opstream.playground.estate.requests import SpanKind, SpanLabel, Trace, quantile, span_labels
from opstream.playground.estate.spec import ServiceName

_SLOWEST = 5
_WORTH_TELLING = 0.02  # share of a trace below which its path leaves a span out


@dataclass(frozen=True, slots=True)
class Span:
    service: ServiceName  # whose time it is; for a call, the one that is called
    operation: str
    kind: SpanKind
    mean_ms: float  # over all traces, those that did not come here counting 0
    p99_ms: float
    share: float  # of the mean request, 0 to 1; all spans together make 1


@dataclass(frozen=True, slots=True)
class SlowTrace:
    trace_id: str
    duration_ms: float
    path: list[str]  # in the order in which it happened


@dataclass(frozen=True, slots=True)
class TraceReport:
    service: ServiceName
    traces: int
    mean_ms: float
    p99_ms: float
    spans: list[Span]
    slowest: list[SlowTrace]
    simulation: Literal[True] = True


def trace_report(service: ServiceName, measured: Sequence[Sample], seed: int) -> TraceReport:
    """Break the requests of a service down into spans, in the order in which they happen."""
    labels = span_labels(service)
    traces = [trace for sample in measured for trace in sample.traces]
    whole = sorted(trace.duration_ms for trace in traces)
    mean = fmean(whole)
    return TraceReport(
        service=service,
        traces=len(traces),
        mean_ms=round(mean, 1),
        p99_ms=round(quantile(whole, 0.99), 1),
        spans=[_span(label, place, traces, mean) for place, label in enumerate(labels)],
        slowest=_slowest(labels, measured, seed),
    )


def _span(label: SpanLabel, place: int, traces: Sequence[Trace], whole_ms: float) -> Span:
    spent = sorted(trace.spans_ms[place] for trace in traces)
    mean = fmean(spent)
    return Span(
        service=label.service,
        operation=label.operation,
        kind=label.kind,
        mean_ms=round(mean, 1),
        p99_ms=round(quantile(spent, 0.99), 1),
        share=round(mean / whole_ms, 4),
    )


def _slowest(labels: Sequence[SpanLabel], measured: Sequence[Sample], seed: int) -> list[SlowTrace]:
    numbered = (
        (trace, f"{int(chance(seed, 'trace', sample.start.isoformat(), number) * 2**48):012x}")
        for sample in measured
        for number, trace in enumerate(sample.traces)
    )
    slowest = sorted(numbered, key=lambda each: -each[0].duration_ms)[:_SLOWEST]
    return [
        SlowTrace(name, round(trace.duration_ms, 1), _path(labels, trace))
        for trace, name in slowest
    ]


def _path(labels: Sequence[SpanLabel], trace: Trace) -> list[str]:
    least = _WORTH_TELLING * trace.duration_ms
    return [
        f"{label.service}: {label.operation}, {spent:.0f} ms"
        for label, spent in zip(labels, trace.spans_ms, strict=True)
        if spent >= least
    ]
