"""Requests through the call graph: how busy each service is and how long it takes, at one moment.

Rates flow down the graph and waiting flows up it: whoever waits for a slow callee keeps its own
connection and worker for longer. The two meet in a fixed point, found in a few damped rounds.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from opstream.playground.estate.faults import Conditions, conditions
from opstream.playground.estate.queueing import Queue, erlang_c, solve
from opstream.playground.estate.spec import SERVICE_NAMES, SPECS, ServiceName, ServiceSpec, Settings
from opstream.playground.estate.state import Epoch

_ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Flow:
    """A service under its load at one moment."""

    spec: ServiceSpec
    settings: Settings
    conditions: Conditions
    rate: float  # requests a second
    workers: Queue
    pool: Queue
    busy_ms: float  # own work of a request, processor sharing counted in, pauses not
    hold_ms: float  # how long a request keeps its connection
    mean_ms: float
    cpu_percent: float
    errors: float  # share of requests, near enough to count retries with

    @property
    def own_ms(self) -> float:
        """Mean own work of a request, pauses counted in."""
        return self.busy_ms + self.conditions.pause_probability * self.conditions.pause_ms

    @property
    def waiting(self) -> float:
        """Requests that wait for a worker or a connection, by Little's law."""
        return self.rate * (self.workers.mean_wait + self.pool_use * self.pool.mean_wait)

    @property
    def pool_use(self) -> float:
        """Share of requests that need a connection."""
        return pool_use(self.spec)


Flows = dict[ServiceName, Flow]


def pool_use(spec: ServiceSpec) -> float:
    """Return the share of a service's requests that need a connection."""
    return min(1.0, max((call.visits for call in spec.calls), default=0.0))


def flows_at(epoch: Epoch, now: datetime, people_per_second: float) -> Flows:
    """Return every service's flow in the steady state of this moment.

    Timeouts are seconds and resolutions are too, so the way into that state is not shown.
    """
    flows: Flows = {}
    for _ in range(_ROUNDS):
        rates = _rates(people_per_second, flows)
        flows = _round(epoch, now, rates, flows)
    return flows


def _rates(people_per_second: float, flows: Flows) -> dict[ServiceName, float]:
    """Send requests down the graph; who times out in a queue calls nobody, who fails is retried."""
    rates = dict.fromkeys(SERVICE_NAMES, 0.0)
    rates["web"] = people_per_second
    for name in SERVICE_NAMES:
        passed = 1.0
        if name in flows:
            passed -= flows[name].workers.timeout_probability
            passed *= 1.0 - flows[name].pool.timeout_probability
        for call in SPECS[name].calls:
            again = flows[call.callee].errors if call.callee in flows and call.retries else 0.0
            wanted = rates[name] * passed * call.visits * (1.0 + again)
            rates[call.callee] += wanted
    return {
        name: 0.5 * (rate + flows[name].rate) if name in flows else rate
        for name, rate in rates.items()
    }


def _round(epoch: Epoch, now: datetime, rates: dict[ServiceName, float], before: Flows) -> Flows:
    after: Flows = {}
    for name in reversed(SERVICE_NAMES):
        spec, settings = SPECS[name], epoch.settings[name]
        state = conditions(spec, settings, epoch.faults, epoch.restarted.get(name), now)
        admitted = 1.0 - before[name].workers.timeout_probability if name in before else 1.0
        after[name] = _flow(spec, settings, state, rates[name], admitted, after)
    return after


def _flow(
    spec: ServiceSpec,
    settings: Settings,
    state: Conditions,
    rate: float,
    admitted: float,
    callees: Flows,
) -> Flow:
    patience = settings.timeout_seconds
    busy_ms = _processor_ms(spec, settings, state, rate * admitted) + state.idle_ms
    calls_ms, failing = _calls(spec, patience, callees)
    use = pool_use(spec)
    hold_ms = calls_ms / use if use else 0.0
    connections = settings.pool_size or 1
    pool = solve(connections, rate * admitted * use, hold_ms / 1e3, patience)
    own_ms = busy_ms + state.pause_probability * state.pause_ms
    inside_ms = own_ms + use * pool.mean_wait * 1e3 + calls_ms
    workers = solve(spec.workers * settings.replicas, rate, inside_ms / 1e3, patience)
    good = (1.0 - workers.timeout_probability) * (1.0 - use * pool.timeout_probability)
    return Flow(
        spec=spec,
        settings=settings,
        conditions=state,
        rate=rate,
        workers=workers,
        pool=pool,
        busy_ms=busy_ms,
        hold_ms=hold_ms,
        mean_ms=workers.mean_wait * 1e3 + inside_ms,
        cpu_percent=100.0 * min(1.0, 0.03 + rate * admitted * state.cpu_ms / 1e3 / state.speed),
        errors=1.0 - good * (1.0 - state.own_errors) * (1.0 - failing),
    )


def _processor_ms(spec: ServiceSpec, settings: Settings, state: Conditions, rate: float) -> float:
    """Stretch processor time by what else runs.

    Source: processor sharing, L. Kleinrock, Queueing Systems II (1976), 4.4: as many share the
    processors as there are workers, at most.
    """
    slowness = spec.cores * settings.replicas / state.speed
    busy = min(0.999, rate * state.cpu_ms / 1e3 / state.speed)
    sharing = 1.0 + erlang_c(spec.cores, busy * spec.cores) / (spec.cores * (1.0 - busy))
    return state.cpu_ms * slowness * min(sharing, spec.workers / spec.cores)


def _calls(spec: ServiceSpec, patience: float, callees: Flows) -> tuple[float, float]:
    """Return the mean milliseconds in all calls of a request, and the share that fails in one."""
    total_ms, good = 0.0, 1.0
    for call in spec.calls:
        callee = callees[call.callee]
        once_ms = min(callee.mean_ms * max(1.0, call.visits), patience * 1e3)
        late = math.exp(-patience * 1e3 / max(once_ms, 1e-6))
        failed = min(1.0, callee.errors + late)
        total_ms += once_ms * min(1.0, call.visits) * (1.0 + (failed if call.retries else 0.0))
        good *= 1.0 - min(1.0, call.visits) * failed ** (1 + call.retries)
    return total_ms, 1.0 - good
