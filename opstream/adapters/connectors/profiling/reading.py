"""Outputs of tools as evidence; whatever is missing or has another shape is left out."""

import json
import math
from collections.abc import Iterator, Mapping
from datetime import datetime

from opstream.adapters.connectors.profiling.evidence import (
    Evidence,
    Measure,
    Pattern,
    Setting,
    Span,
    Target,
)

Fields = Mapping[str, object]

_PERCENT = ("percent", "%", "percentage")


def evidence(
    service: str, metrics: object, traces: object, logs: object, slos: object, status: object
) -> Evidence:
    """Return what the outputs of the tools say about a service."""
    traced, logged = fields(traces), fields(logs)
    return Evidence(
        service=service,
        metrics={one.name: one for one in measures(metrics)},
        spans=_spans(traced),
        traces=int(_number(traced.get("traces")) or 0),
        patterns=tuple(_pattern(one) for one in objects(logged.get("patterns"))),
        log_lines=int(_number(logged.get("total")) or 0),
        targets=targets(slos),
        settings={one.service: one for one in _settings(status)},
    )


def fields(value: object) -> Fields:
    """Return an object's fields; also of one that came as JSON text, or wrapped as `result`."""
    given: object = _parsed(value) if isinstance(value, str) else value
    if not isinstance(given, Mapping):
        return {}
    inner = given.get("result")
    return fields(inner) if len(given) == 1 and isinstance(inner, Mapping) else given


def objects(value: object) -> Iterator[Fields]:
    """Yield the objects of a list."""
    for one in value if isinstance(value, list | tuple) else ():
        if isinstance(one, Mapping):
            yield one


def measures(value: object) -> Iterator[Measure]:
    """Yield the metrics of a tool's output, from its series or else from its summary."""
    given = fields(value)
    summaries = fields(given.get("summary"))
    seen: set[str] = set()
    for one in objects(given.get("series")):
        name = _text(one.get("metric")) or _text(one.get("name"))
        points = tuple(_points(one.get("points")))
        summary = fields(summaries.get(name))
        if name and (points or summary):
            seen.add(name)
            yield _measure(name, _text(one.get("unit")), points, summary)
    for name, given_summary in summaries.items():
        if name not in seen and fields(given_summary):
            unit = "ms" if name.endswith("_ms") else ""
            yield _measure(name, unit, (), fields(given_summary))


def targets(value: object) -> tuple[Target, ...]:
    """Return the promises in the output of a tool that checks them."""
    given = fields(value)
    found = []
    for one in objects(given.get("slos")):
        target, actual = _number(one.get("target")), _number(one.get("actual"))
        if target is None or actual is None:
            continue
        found.append(
            Target(
                service=_text(one.get("service")) or _text(given.get("service")),
                name=_text(one.get("name")),
                objective=_text(one.get("objective")) or _text(one.get("name")),
                target=target,
                actual=actual,
                unit=_text(one.get("unit")),
                met=one.get("met") is not False,
                burn_rate=_number(one.get("burn_rate")),
            )
        )
    return tuple(found)


def time(value: object) -> datetime | None:
    """Return an ISO 8601 time, or None when it is none."""
    try:
        return datetime.fromisoformat(_text(value))
    except ValueError:
        return None


def _measure(
    name: str, unit: str, points: tuple[tuple[datetime | None, float], ...], summary: Fields
) -> Measure:
    values = [value for _, value in points]
    mean = _number(summary.get("mean"))
    highest = _number(summary.get("max"))
    last = _number(summary.get("last"))
    mean = sum(values) / len(values) if mean is None and values else mean or 0.0
    highest = max(values, default=mean) if highest is None else highest
    last = (values[-1] if values else mean) if last is None else last
    scale = 100.0 if _is_ratio(name, unit, highest) else 1.0
    return Measure(
        name=name,
        unit="percent" if scale > 1 or unit in _PERCENT or _is_share(name) else unit,
        points=tuple((at, value * scale) for at, value in points),
        mean=mean * scale,
        highest=highest * scale,
        last=last * scale,
    )


def _is_share(name: str) -> bool:
    return name.endswith("_utilization") or name == "error_rate"


def _is_ratio(name: str, unit: str, highest: float) -> bool:
    return unit == "ratio" or (_is_share(name) and unit not in _PERCENT and highest <= 1.0)


def _points(value: object) -> Iterator[tuple[datetime | None, float]]:
    for one in objects(value):
        number = _number(one.get("value"))
        if number is not None:
            yield time(one.get("time")), number


def _spans(traced: Fields) -> tuple[Span, ...]:
    given = list(objects(traced.get("spans")))
    means = [_number(one.get("mean_ms")) or 0.0 for one in given]
    whole = sum(means) or 1.0
    shares = [_number(one.get("share")) for one in given]
    scale = 0.01 if any(one is not None and one > 1.0 for one in shares) else 1.0
    return tuple(
        Span(
            service=_text(one.get("service")),
            operation=_text(one.get("operation")),
            kind=_text(one.get("kind")),
            mean_ms=mean,
            p99_ms=_number(one.get("p99_ms")) or mean,
            share=mean / whole if share is None else share * scale,
        )
        for one, mean, share in zip(given, means, shares, strict=True)
    )


def _pattern(one: Fields) -> Pattern:
    share = _number(one.get("share")) or 0.0
    return Pattern(
        level=_text(one.get("level")),
        template=_text(one.get("template")) or _text(one.get("example")),
        count=int(_number(one.get("count")) or 0),
        share=share / 100.0 if share > 1.0 else share,
        first=time(one.get("first")),
        last=time(one.get("last")),
    )


def _settings(status: object) -> Iterator[Setting]:
    for one in objects(fields(status).get("services")):
        replicas, pool = _number(one.get("replicas")), _number(one.get("pool_size"))
        healthy = one.get("healthy")
        yield Setting(
            service=_text(one.get("name")),
            replicas=int(replicas) if replicas else None,
            pool_size=int(pool) if pool else None,
            timeout_seconds=_number(one.get("timeout_seconds")),
            version=str(one.get("version") or ""),
            previous_version=str(one.get("previous_version") or ""),
            healthy=healthy if isinstance(healthy, bool) else None,
        )


def _parsed(text: str) -> object:
    try:
        parsed: object = json.loads(text)
    except ValueError:
        return None
    return parsed


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None
