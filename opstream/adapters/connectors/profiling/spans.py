"""The parts of a request, from a tool that names them or from the spans of OpenTelemetry.

OpenTelemetry knows the whole request (kind SERVER or CONSUMER) and the calls it makes (CLIENT or
PRODUCER): what is left of the whole after its calls and waits is the service's own work.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from opstream.adapters.connectors.profiling.evidence import Span
from opstream.adapters.connectors.profiling.values import Fields, number, objects, text

_WHOLE = frozenset({"SERVER", "CONSUMER"})
_CALL = frozenset({"CLIENT", "PRODUCER"})
_WAIT = re.compile(r"wait|queue|pool|acquire|get_?connection", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Part:
    kind: str
    service: str
    operation: str
    count: float
    mean_ms: float
    p99_ms: float


def spans(traced: Fields, service: str) -> tuple[Span, ...]:
    """Return the parts of a request to a service."""
    given = list(objects(traced.get("spans")))
    if any(_kind(one) in _WHOLE for one in given):
        return _of_telemetry([_part(one) for one in given], service)
    return _named(given)


def _named(given: Sequence[Fields]) -> tuple[Span, ...]:
    means = [number(one.get("mean_ms")) or 0.0 for one in given]
    whole = sum(means) or 1.0
    shares = [number(one.get("share")) for one in given]
    scale = 0.01 if any(one is not None and one > 1.0 for one in shares) else 1.0
    return tuple(
        Span(
            service=text(one.get("service")),
            operation=text(one.get("operation")),
            kind=text(one.get("kind")),
            mean_ms=mean,
            p99_ms=number(one.get("p99_ms")) or mean,
            share=mean / whole if share is None else share * scale,
        )
        for one, mean, share in zip(given, means, shares, strict=True)
    )


def _of_telemetry(parts: Sequence[_Part], service: str) -> tuple[Span, ...]:
    """Return parts whose times are per request: a call made twice counts twice."""
    wholes = [one for one in parts if one.kind in _WHOLE]
    requests = sum(one.count for one in wholes)
    mean = sum(one.mean_ms * one.count for one in wholes) / requests if requests else 0.0
    if mean <= 0.0:
        return ()
    found = [
        Span(
            service=(one.service if kind == "call" else "") or service,
            operation=one.operation,
            kind=kind,
            mean_ms=one.mean_ms * one.count / requests,
            p99_ms=one.p99_ms,
            share=min(one.mean_ms * one.count / requests / mean, 1.0),
        )
        for one in parts
        if (kind := _place(one))
    ]
    own = max(mean - sum(one.mean_ms for one in found), 0.0)
    tail = max((one.p99_ms for one in wholes), default=own)
    busiest = max(wholes, key=lambda one: one.count)
    rest = max(tail - sum(one.mean_ms for one in found), own)
    return (Span(service, busiest.operation or "own work", "self", own, rest, own / mean), *found)


def _place(one: _Part) -> str:
    if one.kind in _CALL:
        return "call"
    return "wait" if one.kind == "INTERNAL" and _WAIT.search(one.operation) else ""


def _part(one: Fields) -> _Part:
    mean = number(one.get("mean_ms")) or 0.0
    counted = number(one.get("count"))
    return _Part(
        kind=_kind(one),
        service=text(one.get("service")),
        operation=text(one.get("operation")) or text(one.get("name")),
        count=1.0 if counted is None else counted,
        mean_ms=mean,
        p99_ms=number(one.get("p99_ms")) or mean,
    )


def _kind(one: Fields) -> str:
    return text(one.get("kind")).upper().removeprefix("SPAN_KIND_")
