"""The estate at a glance: settings, health and faults of the moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from opstream.playground.estate.faults import FAULTS, FaultName
from opstream.playground.estate.flow import Flow
from opstream.playground.estate.measures import Sample, looks, samples
from opstream.playground.estate.queueing import servers_needed
from opstream.playground.estate.spec import (
    MOST_CONNECTIONS,
    SERVICE_NAMES,
    SPECS,
    ServiceName,
    version_name,
)
from opstream.playground.estate.state import Estate
from opstream.playground.estate.windows import Window

_RECENT = timedelta(seconds=30)
_FEW_WAIT = 0.02


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    name: ServiceName
    calls: list[ServiceName]
    replicas: int
    pool_size: int | None
    pool_size_needed: int | None  # with which 2 % of requests wait for a connection at all
    timeout_seconds: float
    version: str
    previous_version: str | None
    healthy: bool
    latency_p99_ms: float
    latency_slo_ms: float
    error_rate: float  # percent
    request_rate: float
    cpu_utilization: float
    memory_utilization: float
    pool_utilization: float | None


@dataclass(frozen=True, slots=True)
class FaultStatus:
    name: FaultName
    service: ServiceName
    active: bool
    since: datetime | None
    description: str


@dataclass(frozen=True, slots=True)
class EstateStatus:
    at: datetime
    services: list[ServiceStatus]
    faults: list[FaultStatus]
    simulation: Literal[True] = True


def estate_status(estate: Estate, now: datetime) -> EstateStatus:
    """Return the estate as measured since the last change, for half a minute at most."""
    epoch = estate.at(now)
    start = max(now - _RECENT, min(epoch.at, now - timedelta(seconds=1)))
    seen = looks(estate, Window(start, now, 1))
    return EstateStatus(
        at=now,
        services=[_service(name, samples(estate, name, seen)[0]) for name in SERVICE_NAMES],
        faults=[
            FaultStatus(
                name=fault.name,
                service=fault.service,
                active=fault.name in epoch.faults,
                since=epoch.faults.get(fault.name),
                description=fault.description,
            )
            for fault in FAULTS.values()
        ],
    )


def _service(name: ServiceName, sample: Sample) -> ServiceStatus:
    flow, spec = sample.flows[-1], SPECS[name]
    settings, previous = flow.settings, flow.settings.previous_version
    p99, errors = sample.latency_ms(0.99), sample.error_percent
    pooled = settings.pool_size is not None
    return ServiceStatus(
        name=name,
        calls=[call.callee for call in spec.calls],
        replicas=settings.replicas,
        pool_size=settings.pool_size,
        pool_size_needed=pool_size_needed(flow) if pooled else None,
        timeout_seconds=settings.timeout_seconds,
        version=version_name(settings.version),
        previous_version=version_name(previous) if previous is not None else None,
        healthy=p99 <= spec.latency_slo_ms and errors <= 100.0 * (1.0 - spec.availability_slo),
        latency_p99_ms=round(p99, 1),
        latency_slo_ms=spec.latency_slo_ms,
        error_rate=round(errors, 2),
        request_rate=round(flow.rate, 2),
        cpu_utilization=round(flow.cpu_percent, 1),
        memory_utilization=round(flow.conditions.memory_percent, 1),
        pool_utilization=round(100.0 * flow.pool.utilization, 1) if pooled else None,
    )


def pool_size_needed(flow: Flow) -> int:
    """Return the pool size with which almost no request waits for a connection."""
    users = flow.rate * flow.pool_use
    return servers_needed(
        users, flow.hold_ms / 1e3, wait_probability=_FEW_WAIT, most=MOST_CONNECTIONS
    )
