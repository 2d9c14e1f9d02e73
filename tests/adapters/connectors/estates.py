"""Outputs of tools as an estate in trouble gives them, to be bent by each test."""

from datetime import UTC, datetime, timedelta

from opstream.adapters.connectors.base import ConnectorSource
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.connectors.profiling.connector import profiling
from opstream.domain.operation import OperationCall

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


async def run(operation, /, **arguments):
    operations = AllOperations([ConnectorSource(profiling, {})])
    return await operations.call(
        OperationCall(f"profiling.{operation}", arguments, "run:step:1"), lambda _: None
    )


def at(seconds):
    return (START + timedelta(seconds=seconds)).isoformat()


def metrics(service="checkout", period=60, **series):
    """Give metrics by name as lists of values; the unit follows from the name."""
    return {
        "service": service,
        "period_seconds": period,
        "series": [
            {
                "metric": name,
                "unit": _unit(name),
                "points": [
                    {"time": at(place * period), "value": value}
                    for place, value in enumerate(values)
                ],
            }
            for name, values in series.items()
        ],
        "summary": {
            name: {"mean": sum(values) / len(values), "max": max(values), "last": values[-1]}
            for name, values in series.items()
        },
    }


def _unit(name):
    if name.endswith("_ms"):
        return "ms"
    return {"request_rate": "requests/s", "queue_depth": "requests"}.get(name, "percent")


def span(service, operation, kind, mean, p99=None, share=0.0):
    return {
        "service": service,
        "operation": operation,
        "kind": kind,
        "mean_ms": mean,
        "p99_ms": mean * 3 if p99 is None else p99,
        "share": share,
    }


def traces(*spans):
    whole = sum(one["mean_ms"] for one in spans)
    return {
        "traces": 100,
        "spans": [one | {"share": round(one["mean_ms"] / whole, 4)} for one in spans],
    }


def pattern(level, template, count, first=0, last=600):
    return {
        "level": level,
        "template": template,
        "count": count,
        "share": 0.1,
        "first": at(first),
        "last": at(last),
    }


def logs(*patterns):
    return {"total": 2 * sum(one["count"] for one in patterns) + 1, "patterns": list(patterns)}


def slo(service="checkout", name="latency", target=500.0, actual=2140.0, met=False):
    unit = "ms" if name == "latency" else "percent"
    return {
        "service": service,
        "name": name,
        "objective": f"{name} of {service}",
        "target": target,
        "actual": actual,
        "unit": unit,
        "met": met,
        "burn_rate": 0.5 if met else 12.0,
    }


def slos(*found):
    return {"slos": list(found), "breached": any(not one["met"] for one in found)}


def status(**services):
    """Give settings by service; what is left out is as on a good day."""
    usual = {"replicas": 2, "pool_size": 20, "timeout_seconds": 2.0, "healthy": True}
    return {
        "services": [usual | {"name": name} | more for name, more in services.items()],
        "faults": [],
    }


SMALL_POOL = {
    "service": "checkout",
    "metrics": metrics(
        latency_p99_ms=[2140.0] * 10,
        latency_p50_ms=[900.0] * 10,
        request_rate=[40.0] * 10,
        error_rate=[0.4] * 10,
        cpu_utilization=[36.0] * 10,
        memory_utilization=[46.0] * 10,
        pool_utilization=[100.0] * 6 + [94.0] * 4,
        pool_wait_ms=[600.0] * 10,
    ),
    "traces": traces(
        span("checkout", "wait for a free worker", "wait", 0.0),
        span("checkout", "handle POST /checkout", "self", 27.0),
        span("checkout", "wait for a pooled connection", "wait", 600.0, 1900.0),
        span("database", "order transaction", "call", 120.0),
        span("payments", "POST /charge", "call", 98.0),
    ),
    "logs": logs(pattern("WARN", "Waited <ms> ms for a pooled connection", 900)),
    "slos": slos(slo(), slo("database", target=80.0, actual=40.0, met=True)),
    "status": status(checkout={"pool_size": 8, "healthy": False}, database={"pool_size": None}),
}
