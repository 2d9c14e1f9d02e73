"""The tools that measure the simulated estate; they change nothing."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context
from pydantic import Field

from opstream.playground.estate.alerts import AlertReport, alert_report
from opstream.playground.estate.logs import LogReport, log_report
from opstream.playground.estate.measures import Look, Sample, look, looks, samples
from opstream.playground.estate.metrics import USUAL_METRICS, MetricName, Metrics, read_metrics
from opstream.playground.estate.slos import SloReport, slos_of
from opstream.playground.estate.spec import SERVICE_NAMES, ServiceName
from opstream.playground.estate.state import NORMAL, Estate
from opstream.playground.estate.status import EstateStatus, estate_status
from opstream.playground.estate.store import Change, Store
from opstream.playground.estate.traces import TraceReport, trace_report
from opstream.playground.estate.windows import Window, window_of

Clock = Callable[[], datetime]

Service = Annotated[ServiceName, Field(description="The service to look at.")]
AnyService = Annotated[
    ServiceName | None, Field(description="The service to look at; leave it out for all.")
]
Duration = Annotated[
    Annotated[str, Field(max_length=60)] | float,
    Field(
        description='How far to look back, as text such as "2m", "90s", "2h", "1h30m" '
        "or as a number of seconds, up to 7 days.",
        examples=["2m", "2h", 120],
    ),
]
End = Annotated[
    str,
    Field(description="ISO 8601 time at which the window ends; empty for now.", max_length=60),
]
Since = Annotated[
    str,
    Field(
        description="ISO 8601 time before which nothing is looked at, such as the time of a "
        "change whose effect is to be measured; empty for no bound.",
        max_length=60,
    ),
]
MetricNames = Annotated[
    list[MetricName] | MetricName | None,
    Field(description="The metrics wanted, one or a list; leave it out for the usual."),
]

_PARTS = 5


@dataclass(frozen=True, slots=True)
class ChangeLog:
    total: int
    changes: list[Change]  # oldest first
    simulation: Literal[True] = True


@dataclass(frozen=True, slots=True)
class Reads:
    """The reading tools; `pace` is how many seconds the longer ones let a person watch."""

    store: Store
    clock: Clock
    pace: float

    def cloudwatch_metrics(
        self,
        service: Service,
        duration: Duration = "2m",
        metrics: MetricNames = None,
        end: End = "",
        since: Since = "",
    ) -> Metrics:
        """Read metrics of a service of the simulated estate.

        A simulation: five modelled services under load, not real ones. Returns one series a
        metric with at most 20 points, oldest first, and the mean, maximum and last value of
        each. Utilisations and the error rate are percent. A service without a connection pool
        has no pool metrics.
        """
        window = self._window(duration, end, since)
        names = [metrics] if isinstance(metrics, str) else metrics or USUAL_METRICS
        return read_metrics(self.store.estate(), service, names, window)

    async def trace_analysis(
        self,
        ctx: Context[Any, Any],
        service: Service,
        duration: Duration = "2m",
        end: End = "",
        since: Since = "",
    ) -> TraceReport:
        """Analyse traces of a service of the simulated estate: where the time of a request goes.

        A simulation: five modelled services under load, not real ones. Returns each span of a
        request (own work, waiting, calls to other services) with its mean, its 99th percentile
        and its share of the mean request, and the slowest traces with their path.
        """
        window = self._window(duration, end, since)
        estate = await asyncio.to_thread(self.store.estate)
        measured: list[Sample] = []
        async for done, part in self._parts(estate, window):
            measured += await asyncio.to_thread(samples, estate, service, part)
            count = sum(len(sample.traces) for sample in measured)
            await ctx.report_progress(done, 1.0, f"Simulation: {count:,} traces of {service} read")
        return trace_report(service, measured, estate.seed)

    async def log_aggregation(
        self,
        ctx: Context[Any, Any],
        service: Service,
        duration: Duration = "2m",
        end: End = "",
        since: Since = "",
    ) -> LogReport:
        """Aggregate the logs of a service of the simulated estate by pattern.

        A simulation: five modelled services under load, not real ones. Returns the number of
        lines by level and the patterns, errors first, each with its count, share, an example
        and when it was first and last seen.
        """
        window = self._window(duration, end, since)
        estate = await asyncio.to_thread(self.store.estate)
        seen: list[Look] = []
        async for done, part in self._parts(estate, window):
            seen += [each for period in part for each in period]
            total = log_report(estate, service, seen).total
            await ctx.report_progress(done, 1.0, f"Simulation: {total:,} lines of {service} read")
        return log_report(estate, service, seen)

    def slo_checker(
        self,
        service: AnyService = None,
        duration: Duration = "2m",
        end: End = "",
        since: Since = "",
    ) -> SloReport:
        """Check the service level objectives of the simulated estate.

        A simulation: five modelled services under load, not real ones. Returns for each latency
        and availability objective the target, the actual value, whether it is met, what is left
        of the window's error budget (0 to 1) and the burn rate.
        """
        estate = self.store.estate()
        periods = looks(estate, self._window(duration, end, since))
        names = [service] if service else SERVICE_NAMES
        slos = [slo for name in names for slo in slos_of(name, samples(estate, name, periods))]
        return SloReport(service, slos, breached=any(not slo.met for slo in slos))

    def alert_correlator(
        self,
        service: AnyService = None,
        duration: Duration = "10m",
        end: End = "",
        since: Since = "",
    ) -> AlertReport:
        """Find alerts that ring in the simulated estate and group them by their likely root.

        A simulation: five modelled services under load, not real ones. Returns what is above
        its threshold in the last period of the window and since when, and groups in which
        extra time is followed down the call graph to the service where it stays.
        """
        estate = self.store.estate()
        periods = looks(estate, self._window(duration, end, since))
        now = periods[-1][-1]
        names = [service] if service else SERVICE_NAMES
        measured = {name: samples(estate, name, periods) for name in names}
        return alert_report(measured, now, look(estate, now.at, now.seconds, NORMAL))

    def estate_status(self) -> EstateStatus:
        """Show the simulated estate: settings, health and faults of each service.

        A simulation: five modelled services under load, not real ones. Health is measured over
        the last half minute, but only since the last change. `pool_size_needed` is the pool
        size with which almost no request waits for a connection.
        """
        return estate_status(self.store.estate(), self.clock())

    def change_log(
        self,
        limit: Annotated[
            int, Field(description="How many of the latest changes to show.", ge=1, le=1000)
        ] = 100,
    ) -> ChangeLog:
        """List the changes made to the simulated estate, oldest first.

        A simulation: five modelled services under load, not real ones. Each write that was
        carried out stands here once, with its idempotency key.
        """
        changes = self.store.changes()
        return ChangeLog(total=len(changes), changes=changes[-limit:])

    def _window(self, duration: str | float, end: str, since: str) -> Window:
        return window_of(duration, end, since, self.clock())

    async def _parts(
        self, estate: Estate, window: Window
    ) -> AsyncIterator[tuple[float, list[list[Look]]]]:
        """Hand out a window part by part, with the share that is done after each."""
        periods = await asyncio.to_thread(looks, estate, window)
        size = math.ceil(len(periods) / _PARTS)
        for first in range(0, len(periods), size):
            part = periods[first : first + size]
            await asyncio.sleep(self.pace * len(part) / len(periods))
            yield (first + len(part)) / len(periods), part
