"""What a monitoring system would have measured: the requests of each period, and their figures.

The noise of the figures is that of the requests themselves: a period is judged by as many drawn
requests as came in it (up to a limit), and the same period always draws the same requests.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from opstream.playground.estate.flow import Flow, Flows, flows_at
from opstream.playground.estate.load import arrival_rate, chance
from opstream.playground.estate.requests import Trace, quantile, trace
from opstream.playground.estate.spec import ServiceName
from opstream.playground.estate.state import Epoch, Estate
from opstream.playground.estate.windows import Window

_MOST_REQUESTS = 400  # drawn a period
_FEWEST_REQUESTS = 40
_LONG_PERIOD = 10.0  # seconds; longer ones are looked at several times
_LOOKS = 4


@dataclass(frozen=True, slots=True)
class Look:
    """The whole estate at one moment, standing for some seconds around it."""

    at: datetime
    seconds: float
    flows: Flows


@dataclass(frozen=True, slots=True)
class Sample:
    """A service in one period."""

    start: datetime
    seconds: float
    flows: tuple[Flow, ...]  # one a look
    traces: tuple[Trace, ...]

    def latency_ms(self, share: float) -> float:
        """Return the latency that this share of requests stays below."""
        return quantile(sorted(each.duration_ms for each in self.traces), share)

    @property
    def error_percent(self) -> float:
        """Failed requests among all."""
        return 100.0 * sum(not each.succeeded for each in self.traces) / len(self.traces)


def look(estate: Estate, at: datetime, seconds: float = 1.0, epoch: Epoch | None = None) -> Look:
    """Return the estate at a moment, or what another epoch would have made of its load."""
    people = arrival_rate(at.timestamp(), estate.seed)
    return Look(at, seconds, flows_at(epoch or estate.at(at), at, people))


def looks(estate: Estate, window: Window, epoch: Epoch | None = None) -> list[list[Look]]:
    """Return the looks of each period of a window, oldest first."""
    count = _LOOKS if window.period_seconds > _LONG_PERIOD else 1
    part = timedelta(seconds=window.period_seconds / count)
    return [
        [
            look(estate, start + (number + 0.5) * part, part.total_seconds(), epoch)
            for number in range(count)
        ]
        for start in window.starts()
    ]


def samples(estate: Estate, service: ServiceName, periods: list[list[Look]]) -> list[Sample]:
    """Draw the requests of a service in each period, oldest first."""
    return [_sample(estate.seed, service, period) for period in periods]


def _sample(seed: int, service: ServiceName, period: list[Look]) -> Sample:
    drawn: list[Trace] = []
    for each in period:
        flow = each.flows[service]
        most = _MOST_REQUESTS / len(period)
        count = int(min(max(flow.rate * each.seconds, _FEWEST_REQUESTS), most))
        dice = Random(chance(seed, "requests", service, each.at.isoformat()))
        drawn += [trace(each.flows, service, dice) for _ in range(count)]
    first = period[0]
    return Sample(
        start=first.at - timedelta(seconds=first.seconds / 2),
        seconds=sum(each.seconds for each in period),
        flows=tuple(each.flows[service] for each in period),
        traces=tuple(drawn),
    )
