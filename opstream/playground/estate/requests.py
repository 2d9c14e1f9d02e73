"""Single requests, drawn from the queues they pass: the traces that all latencies are read from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from opstream.playground.estate.flow import Flow, Flows
from opstream.playground.estate.spec import SPECS, Call, ServiceName

SpanKind = Literal["self", "wait", "call"]

_OWN_SPREAD = 0.45  # of the logarithm of own work
_QUERY_SHAPE = 3.0  # of the gamma distribution of one query


@dataclass(frozen=True, slots=True)
class SpanLabel:
    service: ServiceName
    operation: str
    kind: SpanKind


@dataclass(frozen=True, slots=True)
class Trace:
    """One request; its spans stand in the order of `span_labels`, 0 where it did not come."""

    spans_ms: tuple[float, ...]
    succeeded: bool

    @property
    def duration_ms(self) -> float:
        """The whole request, queues included."""
        return sum(self.spans_ms)


def span_labels(service: ServiceName) -> tuple[SpanLabel, ...]:
    """Name the spans of a request to a service, in the order in which they happen."""
    spec = SPECS[service]
    labels = [
        SpanLabel(service, "wait for a free worker", "wait"),
        SpanLabel(service, f"handle {spec.endpoint}", "self"),
    ]
    if spec.calls:
        labels.append(SpanLabel(service, "wait for a pooled connection", "wait"))
    labels += [SpanLabel(call.callee, call.operation, "call") for call in spec.calls]
    return tuple(labels)


def trace(flows: Flows, service: ServiceName, dice: Random) -> Trace:
    """Draw one request to a service and follow it down the graph."""
    flow = flows[service]
    patience_ms = flow.settings.timeout_seconds * 1e3
    spans = [0.0] * _span_count(flow)
    waited = flow.workers.wait(dice.random())
    if waited is None:
        return _ended(spans, 0, patience_ms)
    spans[0], spans[1] = waited * 1e3, _own_work(flow, dice)
    if dice.random() < flow.conditions.own_errors:
        return Trace(tuple(spans), succeeded=False)
    if not flow.spec.calls or dice.random() >= flow.pool_use:
        return Trace(tuple(spans), succeeded=True)
    waited = flow.pool.wait(dice.random())
    if waited is None:
        return _ended(spans, 2, patience_ms)
    spans[2] = waited * 1e3
    for place, call in enumerate(flow.spec.calls, start=3):
        spans[place], answered = _call(flows, call, patience_ms, dice)
        if not answered:
            return Trace(tuple(spans), succeeded=False)
    return Trace(tuple(spans), succeeded=True)


def _span_count(flow: Flow) -> int:
    calls = len(flow.spec.calls)
    return 3 + calls if calls else 2


def _ended(spans: list[float], place: int, patience_ms: float) -> Trace:
    spans[place] = patience_ms
    return Trace(tuple(spans), succeeded=False)


def _own_work(flow: Flow, dice: Random) -> float:
    if flow.spec.name == "database":
        return dice.gammavariate(_QUERY_SHAPE, flow.busy_ms / _QUERY_SHAPE)
    spread = dice.gauss(-(_OWN_SPREAD**2) / 2.0, _OWN_SPREAD)
    own = flow.busy_ms * math.exp(spread)
    if dice.random() < flow.conditions.pause_probability:
        own += flow.conditions.pause_ms * (0.5 + dice.random())
    return own


def _call(flows: Flows, call: Call, patience_ms: float, dice: Random) -> tuple[float, bool]:
    """Return how long the caller was busy with a call, retries included, and if it succeeded."""
    total = 0.0
    for _ in range(1 + call.retries):
        spent, answered = _attempt(flows, call, dice)
        total += min(spent, patience_ms)
        if answered and spent < patience_ms:
            return total, True
    return total, False


def _attempt(flows: Flows, call: Call, dice: Random) -> tuple[float, bool]:
    if call.visits <= 1:
        answer = trace(flows, call.callee, dice)
        return answer.duration_ms, answer.succeeded
    # Queries of one transaction follow each other: their sum is drawn at once.
    flow = flows[call.callee]
    shape = _QUERY_SHAPE * call.visits
    spent = dice.gammavariate(shape, flow.busy_ms / _QUERY_SHAPE)
    waited = flow.workers.wait(dice.random())
    if waited is None:
        return spent + flow.settings.timeout_seconds * 1e3, False
    return spent + waited * 1e3 * call.visits, dice.random() >= flow.conditions.own_errors


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the sorted values lies, nearest rank."""
    return values[min(len(values) - 1, math.ceil(share * len(values)) - 1)]
