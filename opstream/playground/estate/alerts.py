"""Alerts that would ring now, and which of them are one and the same trouble."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Literal

from opstream.playground.estate.blame import extra_ms, kept_blame
from opstream.playground.estate.flow import Flow, Flows
from opstream.playground.estate.measures import Look, Sample
from opstream.playground.estate.spec import SERVICE_NAMES, SPECS, ServiceName, ServiceSpec

AlertName = Literal[
    "latency_p99_high",
    "error_rate_high",
    "pool_utilization_high",
    "cpu_utilization_high",
    "memory_utilization_high",
]
Severity = Literal["critical", "warning"]

_POOL_PERCENT = 90.0
_CPU_PERCENT = 75.0
_MEMORY_PERCENT = 80.0
_CRITICAL_FROM: dict[AlertName, float] = {  # times the threshold; others stay warnings
    "latency_p99_high": 2.0,
    "error_rate_high": 2.0,
    "memory_utilization_high": 1.12,
}


@dataclass(frozen=True, slots=True)
class Alert:
    service: ServiceName
    name: AlertName
    severity: Severity
    value: float
    threshold: float
    since: datetime  # at most the start of the window


@dataclass(frozen=True, slots=True)
class AlertGroup:
    root: ServiceName  # where the trouble most likely lies
    services: list[ServiceName]
    alerts: list[str]  # as "service: name"
    reason: str


@dataclass(frozen=True, slots=True)
class AlertReport:
    alerts: list[Alert]
    groups: list[AlertGroup]
    simulation: Literal[True] = True


def alert_report(
    measured: Mapping[ServiceName, Sequence[Sample]], now: Look, normal: Look
) -> AlertReport:
    """Return what rings in the last period, and group it by where the extra time stays.

    Args:
        measured: Samples of each service, oldest first.
        now: The estate in the last period.
        normal: What its load would be like with the settings of a good day.
    """
    alerts = [alert for name in measured for alert in _alerts(SPECS[name], measured[name])]
    ringing = [name for name in SERVICE_NAMES if any(alert.service == name for alert in alerts)]
    blamed = {name: next(iter(kept_blame(name, now.flows, normal.flows))) for name in ringing}
    groups = [
        _group(root, [name for name in ringing if blamed[name] == root], alerts, now, normal)
        for root in dict.fromkeys(blamed.values())
    ]
    return AlertReport(alerts, groups)


def _alerts(spec: ServiceSpec, measured: Sequence[Sample]) -> list[Alert]:
    found = []
    for name, threshold, read in _watched(spec):
        values = [read(sample) for sample in measured]
        if values[-1] <= threshold:
            continue
        quiet = [number for number, value in enumerate(values) if value <= threshold]
        since = measured[quiet[-1] + 1 if quiet else 0].start
        severity = _severity(name, values[-1] / threshold)
        found.append(Alert(spec.name, name, severity, round(values[-1], 2), threshold, since))
    return found


def _watched(
    spec: ServiceSpec,
) -> list[tuple[AlertName, float, Callable[[Sample], float]]]:
    errors_allowed = round(100.0 * (1.0 - spec.availability_slo), 2)
    return [
        ("latency_p99_high", spec.latency_slo_ms, lambda sample: sample.latency_ms(0.99)),
        ("error_rate_high", errors_allowed, lambda sample: sample.error_percent),
        ("pool_utilization_high", _POOL_PERCENT, _mean(lambda f: 100.0 * f.pool.utilization)),
        ("cpu_utilization_high", _CPU_PERCENT, _mean(lambda f: f.cpu_percent)),
        ("memory_utilization_high", _MEMORY_PERCENT, _mean(lambda f: f.conditions.memory_percent)),
    ]


def _mean(read: Callable[[Flow], float]) -> Callable[[Sample], float]:
    return lambda sample: fmean(read(flow) for flow in sample.flows)


def _severity(name: AlertName, times: float) -> Severity:
    return "critical" if times >= _CRITICAL_FROM.get(name, math.inf) else "warning"


def _group(
    root: ServiceName,
    services: list[ServiceName],
    alerts: Sequence[Alert],
    now: Look,
    normal: Look,
) -> AlertGroup:
    names = [f"{alert.service}: {alert.name}" for alert in alerts if alert.service in services]
    return AlertGroup(root, services, names, _reason(root, services, now.flows, normal.flows))


def _reason(root: ServiceName, services: list[ServiceName], flows: Flows, normal: Flows) -> str:
    extra = extra_ms(flows[root], normal[root])
    if not extra:
        return (
            f"A request to {root} takes no longer than usual so far, "
            "so nothing points to another service."
        )
    part, most = _largest_part(flows[root], normal[root])
    said = f"A request to {root} takes {extra:,.0f} ms longer than usual, and {part}"
    said += f" makes {min(1.0, most / extra):.0%} of that."
    others = [name for name in services if name != root]
    if others:
        top = others[0]
        share = kept_blame(top, flows, normal)[root]
        said += f" {share:.0%} of the extra time of {top} comes from there."
    return said


def _largest_part(flow: Flow, usual: Flow) -> tuple[str, float]:
    """Return in words where a service's own extra time lies, and its mean milliseconds."""
    parts = {
        "waiting for a pooled connection": flow.pool_use
        * (flow.pool.mean_wait - usual.pool.mean_wait)
        * 1e3,
        "waiting for a free worker": (flow.workers.mean_wait - usual.workers.mean_wait) * 1e3,
        "its own work": flow.own_ms - usual.own_ms,
    }
    return max(parts.items(), key=lambda each: each[1])
