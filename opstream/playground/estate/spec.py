"""What the simulated estate consists of: five services, who calls whom, and what was promised."""

from dataclasses import dataclass
from typing import Literal, get_args

ServiceName = Literal["web", "checkout", "payments", "inventory", "database"]

SERVICE_NAMES: tuple[ServiceName, ...] = get_args(ServiceName)
"""Callers before those they call; read backwards, everyone comes after those they wait for."""

MOST_REPLICAS = 20
MOST_CONNECTIONS = 200
SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 0.1, 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a request makes; all calls of a request happen on one pooled connection."""

    callee: ServiceName
    operation: str
    visits: float  # calls a request; below 1 it is the share of requests that call at all
    retries: int = 0


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """What no tool can change about a service."""

    name: ServiceName
    endpoint: str
    workers: int  # requests a replica handles at once
    cores: int  # processors a replica has
    cpu_ms: float  # processor time a request needs
    idle_ms: float  # time a request spends on a disk or on another company, holding no processor
    calls: tuple[Call, ...]
    memory_percent: float
    latency_slo_ms: float  # 99 % of requests are promised to be faster
    availability_slo: float  # this share of requests is promised to succeed


@dataclass(frozen=True, slots=True)
class Settings:
    """What the tools can change about a service."""

    replicas: int
    pool_size: int | None  # shared by all replicas, through a proxy; None: it calls nobody
    timeout_seconds: float  # for a worker, for a connection and for each call
    version: int
    previous_version: int | None


SPECS: dict[ServiceName, ServiceSpec] = {
    spec.name: spec
    for spec in (
        ServiceSpec(
            name="web",
            endpoint="GET /shop",
            workers=80,
            cores=1,
            cpu_ms=7.0,
            idle_ms=4.0,
            calls=(Call("checkout", "POST /checkout", 0.4),),
            memory_percent=38.0,
            latency_slo_ms=600.0,
            availability_slo=0.99,
        ),
        # The connection stays open while payments and inventory are asked: one transaction.
        ServiceSpec(
            name="checkout",
            endpoint="POST /checkout",
            workers=60,
            cores=1,
            cpu_ms=17.0,
            idle_ms=2.0,
            calls=(
                Call("database", "order transaction, 6 queries", 6),
                Call("payments", "POST /charge", 1, retries=1),
                Call("inventory", "POST /reserve", 1, retries=1),
            ),
            memory_percent=46.0,
            latency_slo_ms=500.0,
            availability_slo=0.99,
        ),
        ServiceSpec(
            name="payments",
            endpoint="POST /charge",
            workers=30,
            cores=1,
            cpu_ms=14.0,
            idle_ms=28.0,
            calls=(Call("database", "ledger entry, 1 query", 1),),
            memory_percent=41.0,
            latency_slo_ms=250.0,
            availability_slo=0.98,
        ),
        ServiceSpec(
            name="inventory",
            endpoint="POST /reserve",
            workers=30,
            cores=1,
            cpu_ms=18.0,
            idle_ms=1.0,
            calls=(Call("database", "stock update, 2 queries", 2),),
            memory_percent=44.0,
            latency_slo_ms=250.0,
            availability_slo=0.99,
        ),
        ServiceSpec(
            name="database",
            endpoint="SQL query",
            workers=48,
            cores=8,
            cpu_ms=9.0,
            idle_ms=5.0,
            calls=(),
            memory_percent=62.0,
            latency_slo_ms=80.0,
            availability_slo=0.995,
        ),
    )
}

HEALTHY: dict[ServiceName, Settings] = {
    "web": Settings(2, 120, 4.0, 31, 30),
    "checkout": Settings(2, 20, 2.0, 118, 117),
    "payments": Settings(2, 12, 2.0, 42, 41),
    "inventory": Settings(2, 12, 2.0, 77, 76),
    "database": Settings(1, None, 5.0, 16, 15),
}
"""The settings of a day on which nobody is called."""


def version_name(version: int) -> str:
    """Write a version as people see it."""
    return f"v{version}"


def callers_of(name: ServiceName) -> tuple[ServiceName, ...]:
    """Name the services that call this one."""
    return tuple(
        spec.name for spec in SPECS.values() if any(call.callee == name for call in spec.calls)
    )
