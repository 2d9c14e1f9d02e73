"""Faults that can be switched on, and what each does to the service it strikes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from opstream.playground.estate.spec import ServiceName, ServiceSpec, Settings

FaultName = Literal[
    "slow_database", "pool_too_small", "bad_deploy", "noisy_neighbour", "memory_leak"
]

FAULT_NAMES: tuple[FaultName, ...] = get_args(FaultName)

SMALL_POOL = 8
POOL_ENOUGH = 12  # from this size on checkout's pool no longer counts as too small

LOCK_WAIT_MS = 30.0
BAD_CPU_FACTOR = 2.6
BAD_ERRORS = 0.05
NEIGHBOUR_HOSTS = 2  # replicas beyond these run on other hosts
NEIGHBOUR_LEAVES = 0.45
LEAK_PERCENT_A_MINUTE = 10.0
MEMORY_TROUBLE = 75.0
MEMORY_FULL = 97.0
RESTART_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Fault:
    name: FaultName
    service: ServiceName
    description: str


FAULTS: dict[FaultName, Fault] = {
    fault.name: fault
    for fault in (
        Fault(
            "slow_database",
            "database",
            "A report that runs for hours holds locks, so that every query waits some "
            f"{LOCK_WAIT_MS:.0f} ms. Restarting database ends the report.",
        ),
        Fault(
            "pool_too_small",
            "checkout",
            f"The connection pool of checkout is cut to {SMALL_POOL}, less than its load needs. "
            "A larger pool size cures it.",
        ),
        Fault(
            "bad_deploy",
            "payments",
            "A new version of payments needs far more processor time and fails for some "
            "requests. Rolling payments back cures it.",
        ),
        Fault(
            "noisy_neighbour",
            "inventory",
            f"Other tenants take most of the processors of {NEIGHBOUR_HOSTS} hosts on which "
            "inventory runs. More replicas come to run on other hosts.",
        ),
        Fault(
            "memory_leak",
            "web",
            f"Memory of web grows by {LEAK_PERCENT_A_MINUTE:.0f} percentage points a minute, "
            "until it pauses to collect garbage and is killed. A restart frees it for a while.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a service works at one moment, faults and restarts counted in."""

    cpu_ms: float
    idle_ms: float
    speed: float  # processors it really has, all replicas together
    own_errors: float  # share of requests that fail by its own doing
    memory_percent: float
    pause_probability: float = 0.0
    pause_ms: float = 0.0


def conditions(
    spec: ServiceSpec,
    settings: Settings,
    faults: Mapping[FaultName, datetime],
    restarted: datetime | None,
    now: datetime,
) -> Conditions:
    """Return how a service works now, given the faults and when it was last restarted."""
    now_is = Conditions(
        cpu_ms=spec.cpu_ms,
        idle_ms=spec.idle_ms,
        speed=float(spec.cores * settings.replicas),
        own_errors=0.0002,
        memory_percent=spec.memory_percent,
    )
    for name, since in faults.items():
        if FAULTS[name].service == spec.name:
            began = max(since, restarted) if restarted else since
            now_is = _struck(now_is, name, settings, (now - began).total_seconds())
    if restarted is not None:
        now_is = _starting(now_is, (now - restarted).total_seconds())
    return now_is


def _struck(was: Conditions, name: FaultName, settings: Settings, seconds: float) -> Conditions:
    match name:
        case "slow_database":
            return replace(was, idle_ms=was.idle_ms + LOCK_WAIT_MS)
        case "bad_deploy":
            return replace(was, cpu_ms=was.cpu_ms * BAD_CPU_FACTOR, own_errors=BAD_ERRORS)
        case "noisy_neighbour":
            struck = min(settings.replicas, NEIGHBOUR_HOSTS)
            taken = struck * (1.0 - NEIGHBOUR_LEAVES) * was.speed / settings.replicas
            return replace(was, speed=was.speed - taken)
        case "memory_leak":
            return _leaking(was, seconds)
        case "pool_too_small":  # the pool size itself says it all
            return was


def _leaking(was: Conditions, seconds: float) -> Conditions:
    """Let memory grow until the service is killed and starts anew, again and again."""
    rate = LEAK_PERCENT_A_MINUTE / 60.0
    life = (MEMORY_FULL - was.memory_percent) / rate
    age = seconds % life
    memory = was.memory_percent + rate * age
    trouble = max(0.0, memory - MEMORY_TROUBLE) / (MEMORY_FULL - MEMORY_TROUBLE)
    leaking = replace(
        was,
        memory_percent=memory,
        cpu_ms=was.cpu_ms * (1.0 + 0.6 * trouble),
        pause_probability=0.08 * trouble,
        pause_ms=1_500.0 * trouble,
    )
    return _starting(leaking, age) if seconds >= life else leaking


def _starting(was: Conditions, seconds: float) -> Conditions:
    """Let a service be slow and drop some requests just after a restart."""
    if not 0.0 <= seconds < RESTART_SECONDS:
        return was
    left = 1.0 - seconds / RESTART_SECONDS
    return replace(
        was, speed=was.speed * (1.0 - 0.35 * left), own_errors=was.own_errors + 0.12 * left
    )
