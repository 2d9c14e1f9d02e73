"""What was promised, and whether it is kept.

Source: service level objectives, error budgets and burn rates as in the Google SRE Workbook,
chapters 2 and 5. Budgets are those of the window alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from opstream.playground.estate.measures import Sample
from opstream.playground.estate.requests import quantile
from opstream.playground.estate.spec import SPECS, ServiceName

_SLOW_SHARE = 0.01  # of requests may be slower than promised


@dataclass(frozen=True, slots=True)
class Slo:
    service: ServiceName
    name: Literal["latency", "availability"]
    objective: str
    target: float
    actual: float
    unit: Literal["ms", "percent"]
    met: bool
    error_budget_left: float  # 0 to 1
    burn_rate: float  # 1 spends the budget exactly


@dataclass(frozen=True, slots=True)
class SloReport:
    service: ServiceName | None  # None: all services
    slos: list[Slo]
    breached: bool
    simulation: Literal[True] = True


def slos_of(service: ServiceName, measured: Sequence[Sample]) -> list[Slo]:
    """Judge both promises of a service over the whole stretch."""
    traces = [trace for sample in measured for trace in sample.traces]
    whole = sorted(trace.duration_ms for trace in traces)
    spec = SPECS[service]
    slow = sum(each > spec.latency_slo_ms for each in whole) / len(whole)
    failed = sum(not trace.succeeded for trace in traces) / len(traces)
    p99 = quantile(whole, 0.99)
    wanted = 100.0 * spec.availability_slo
    return [
        Slo(
            service=service,
            name="latency",
            objective=f"99 % of requests within {spec.latency_slo_ms:.0f} ms",
            target=spec.latency_slo_ms,
            actual=round(p99, 1),
            unit="ms",
            met=p99 <= spec.latency_slo_ms,
            **_budget(slow, _SLOW_SHARE),
        ),
        Slo(
            service=service,
            name="availability",
            objective=f"{wanted:g} % of requests succeed",
            target=wanted,
            actual=round(100.0 * (1.0 - failed), 2),
            unit="percent",
            met=failed <= 1.0 - spec.availability_slo,
            **_budget(failed, 1.0 - spec.availability_slo),
        ),
    ]


def _budget(bad: float, allowed: float) -> dict[str, float]:
    burn = bad / allowed
    return {"error_budget_left": round(max(0.0, 1.0 - burn), 4), "burn_rate": round(burn, 2)}
