"""Outputs of tools as evidence; whatever is missing or has another shape is left out."""

from collections.abc import Iterator
from datetime import datetime

from opstream.adapters.connectors.profiling import lines
from opstream.adapters.connectors.profiling.evidence import (
    Evidence,
    Measure,
    Pattern,
    Setting,
    Target,
)
from opstream.adapters.connectors.profiling.spans import spans
from opstream.adapters.connectors.profiling.values import (
    Fields,
    fields,
    number,
    objects,
    text,
    time,
)

_PERCENT = ("percent", "%", "percentage")


def evidence(
    service: str, metrics: object, traces: object, logs: object, slos: object, status: object
) -> Evidence:
    """Return what the outputs of the tools say about a service."""
    traced, logged, now = fields(traces), fields(logs), fields(status)
    told = (*map(_pattern, objects(logged.get("patterns"))), *lines.patterns(logged.get("lines")))
    return Evidence(
        service=service,
        metrics={one.name: one for one in measures(metrics)},
        spans=spans(traced, service),
        traces=int(number(traced.get("traces")) or 0),
        patterns=told,
        log_lines=int(number(logged.get("total")) or sum(one.count for one in told)),
        targets=targets(slos),
        settings={one.service: one for one in _settings(now)},
        remedies=_remedies(now.get("remedies")),
    )


def measures(value: object) -> Iterator[Measure]:
    """Yield the metrics of a tool's output, from its series or else from its summary."""
    given = fields(value)
    summaries = fields(given.get("summary"))
    seen: set[str] = set()
    for one in objects(given.get("series")):
        name = text(one.get("metric")) or text(one.get("name"))
        points = tuple(_points(one.get("points")))
        summary = fields(summaries.get(name))
        if name and (points or summary):
            seen.add(name)
            yield _measure(name, text(one.get("unit")) or _usual(name), points, summary)
    for name, given_summary in summaries.items():
        if name not in seen and fields(given_summary):
            yield _measure(name, _usual(name), (), fields(given_summary))


def targets(value: object) -> tuple[Target, ...]:
    """Return the promises in the output of a tool that checks them."""
    given = fields(value)
    found = []
    for one in objects(given.get("slos")):
        target, actual = number(one.get("target")), number(one.get("actual"))
        if (target is None or actual is None) and not isinstance(one.get("met"), bool):
            continue
        found.append(
            Target(
                service=text(one.get("service")) or text(given.get("service")),
                name=text(one.get("name")),
                objective=text(one.get("objective")) or text(one.get("name")),
                target=target,
                actual=actual,
                unit=text(one.get("unit")),
                met=one.get("met") is not False,
                burn_rate=number(one.get("burn_rate")),
            )
        )
    return tuple(found)


def _measure(
    name: str, unit: str, points: tuple[tuple[datetime | None, float], ...], summary: Fields
) -> Measure:
    values = [value for _, value in points]
    mean = number(summary.get("mean"))
    highest = number(summary.get("max"))
    last = number(summary.get("last"))
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


def _usual(name: str) -> str:
    return "ms" if name.endswith("_ms") else ""


def _is_share(name: str) -> bool:
    return name.endswith("_utilization") or name == "error_rate"


def _is_ratio(name: str, unit: str, highest: float) -> bool:
    return unit == "ratio" or (_is_share(name) and unit not in _PERCENT and highest <= 1.0)


def _points(value: object) -> Iterator[tuple[datetime | None, float]]:
    for one in objects(value):
        measured = number(one.get("value"))
        if measured is not None:
            yield time(one.get("time") or one.get("timestamp")), measured


def _pattern(one: Fields) -> Pattern:
    share = number(one.get("share")) or 0.0
    return Pattern(
        level=text(one.get("level")),
        template=text(one.get("template")) or text(one.get("example")),
        count=int(number(one.get("count")) or 0),
        share=share / 100.0 if share > 1.0 else share,
        first=time(one.get("first")),
        last=time(one.get("last")),
    )


def _remedies(value: object) -> frozenset[str] | None:
    if not isinstance(value, list | tuple):
        return None
    return frozenset(one for one in value if isinstance(one, str))


def _settings(status: Fields) -> Iterator[Setting]:
    for one in objects(status.get("services")):
        replicas, pool = number(one.get("replicas")), number(one.get("pool_size"))
        healthy = one.get("healthy")
        yield Setting(
            service=text(one.get("name")),
            replicas=int(replicas) if replicas else None,
            pool_size=int(pool) if pool else None,
            timeout_seconds=number(one.get("timeout_seconds")),
            version=str(one.get("version") or ""),
            previous_version=str(one.get("previous_version") or ""),
            healthy=healthy if isinstance(healthy, bool) else None,
        )
