"""Series of a service's metrics, as charts want them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Literal, get_args

from opstream.playground.estate.flow import Flow
from opstream.playground.estate.measures import Sample, looks, samples
from opstream.playground.estate.spec import SPECS, ServiceName
from opstream.playground.estate.state import Estate
from opstream.playground.estate.windows import Window

MetricName = Literal[
    "latency_p99_ms",
    "latency_p50_ms",
    "latency_p95_ms",
    "request_rate",
    "throughput",
    "error_rate",
    "cpu_utilization",
    "memory_utilization",
    "pool_utilization",
    "pool_wait_ms",
    "queue_depth",
]
Unit = Literal["ms", "requests/s", "percent", "requests"]

METRIC_NAMES: tuple[MetricName, ...] = get_args(MetricName)
USUAL_METRICS = tuple(name for name in METRIC_NAMES if name not in ("latency_p95_ms", "throughput"))


@dataclass(frozen=True, slots=True)
class Point:
    time: datetime  # where its period starts
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    metric: MetricName
    unit: Unit
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    mean: float
    max: float
    last: float


@dataclass(frozen=True, slots=True)
class Metrics:
    service: ServiceName
    start: datetime
    end: datetime
    period_seconds: float
    series: tuple[Series, ...]
    summary: dict[MetricName, Summary]
    simulation: Literal[True] = True


def read_metrics(
    estate: Estate, service: ServiceName, names: Sequence[MetricName], window: Window
) -> Metrics:
    """Measure a service over a window; pool metrics are left out where there is no pool."""
    wanted = [name for name in METRIC_NAMES if name in names and _has(service, name)]
    measured = samples(estate, service, looks(estate, window))
    series = tuple(_series(name, measured) for name in wanted)
    return Metrics(
        service=service,
        start=window.start,
        end=window.end,
        period_seconds=round(window.period_seconds, 3),
        series=series,
        summary={each.metric: _summary(each) for each in series},
    )


def _has(service: ServiceName, name: MetricName) -> bool:
    return bool(SPECS[service].calls) or not name.startswith("pool_")


def _series(name: MetricName, measured: Sequence[Sample]) -> Series:
    unit, read = _READ[name]
    return Series(name, unit, tuple(Point(each.start, round(read(each), 2)) for each in measured))


def _summary(series: Series) -> Summary:
    values = [point.value for point in series.points]
    return Summary(mean=round(fmean(values), 2), max=max(values), last=values[-1])


def _mean(read: Callable[[Flow], float]) -> Callable[[Sample], float]:
    return lambda sample: fmean(read(flow) for flow in sample.flows)


def _throughput(sample: Sample) -> float:
    answered = 1.0 - sample.error_percent / 100.0
    return answered * fmean(flow.rate for flow in sample.flows)


_READ: dict[MetricName, tuple[Unit, Callable[[Sample], float]]] = {
    "latency_p99_ms": ("ms", lambda sample: sample.latency_ms(0.99)),
    "latency_p50_ms": ("ms", lambda sample: sample.latency_ms(0.5)),
    "latency_p95_ms": ("ms", lambda sample: sample.latency_ms(0.95)),
    "request_rate": ("requests/s", _mean(lambda flow: flow.rate)),
    "throughput": ("requests/s", _throughput),
    "error_rate": ("percent", lambda sample: sample.error_percent),
    "cpu_utilization": ("percent", _mean(lambda flow: flow.cpu_percent)),
    "memory_utilization": ("percent", _mean(lambda flow: flow.conditions.memory_percent)),
    "pool_utilization": ("percent", _mean(lambda flow: 100.0 * flow.pool.utilization)),
    "pool_wait_ms": ("ms", _mean(lambda flow: 1e3 * flow.pool.mean_wait)),
    "queue_depth": ("requests", _mean(lambda flow: flow.waiting)),
}
