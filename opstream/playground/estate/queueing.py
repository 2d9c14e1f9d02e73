"""Queues in closed form: how long one waits for a worker, a connection or a processor.

Everyone here gives up after a fixed patience (a timeout), so a queue stays finite at any load:
above a utilisation of 1 the wait grows to the patience and the rest of the demand times out.

Source: the M/M/c queue with deterministic patience, F. Baccelli and G. Hebuterne, "On queues
with impatient customers" (1981); the building blocks as in S. Zeltyn and A. Mandelbaum, "Call
centers with impatient customers" (Queueing Systems 51, 2005), section 2. With endless patience it
becomes the formula of Erlang (A. K. Erlang, 1917).
"""

import math
from dataclasses import dataclass

_HUGE = 1e300
_TINY = 1e-300
_FLAT = 1e-9
_NO_LOAD = 1e-12


def inverse_erlang_b(servers: int, load: float) -> float:
    """Return 1 / B(servers, load), by Erlang's recursion turned upside down to stay finite.

    Args:
        servers: Zero or more.
        load: Offered load in Erlang, above zero.
    """
    inverse = 1.0
    for count in range(1, servers + 1):
        inverse = 1.0 + inverse * count / load
        if inverse > _HUGE:
            return _HUGE
    return inverse


def erlang_c(servers: int, load: float) -> float:
    """Return the probability of waiting when nobody gives up; 1 from saturation on."""
    if load <= 0:
        return 0.0
    if load >= servers:
        return 1.0
    return 1.0 / (1.0 + (1.0 - load / servers) * (inverse_erlang_b(servers, load) - 1.0))


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue at rest in its load; times in seconds."""

    servers: int
    patience: float
    wait_probability: float  # those who time out included
    timeout_probability: float
    mean_wait: float  # over all arrivals; those who time out waited their patience
    utilization: float  # 0 to 1
    drain: float  # server capacity minus arrivals, a second; below 0 is overload
    mass: float  # weight of all states together, for `wait`

    def wait(self, chance: float) -> float | None:
        """Return the wait of the arrival at this quantile, or None when it times out.

        Args:
            chance: 0 to 1; the same chance never waits longer with one server more.
        """
        if chance < 1.0 - self.wait_probability:
            return 0.0
        if chance >= 1.0 - self.timeout_probability:
            return None
        area = (chance - 1.0 + self.wait_probability) * self.mass
        if abs(self.drain) * self.patience < _FLAT:
            wait = area
        elif self.drain > 0:
            wait = -math.log1p(-min(area * self.drain, 1.0 - 1e-15)) / self.drain
        else:
            steep = -self.drain
            scale = steep * self.patience
            weight = max(area * steep + math.exp(-scale), _TINY)
            wait = (math.log(weight) + scale) / steep
        return min(max(wait, 0.0), self.patience)

    def longer_than(self, seconds: float) -> float:
        """Return the share of arrivals that wait longer than this, those who time out included."""
        if seconds >= self.patience:
            return 0.0
        left = self.patience - seconds
        steep = abs(self.drain)
        if math.isinf(steep):
            return 0.0
        area = -math.expm1(-steep * left) / steep if steep * left >= _FLAT else left
        if self.drain > 0:
            area *= math.exp(-self.drain * seconds)
        return min(self.wait_probability, area / self.mass + self.timeout_probability)


def solve(servers: int, rate: float, hold: float, patience: float) -> Queue:
    """Return the queue in its steady state.

    Args:
        servers: At least one.
        rate: Arrivals a second.
        hold: Mean seconds a server is taken.
        patience: Seconds after which an arrival gives up, above zero.
    """
    load = rate * hold
    if load < _NO_LOAD:
        return Queue(servers, patience, 0.0, 0.0, 0.0, 0.0, math.inf, 1.0)
    capacity = servers / hold
    drain = capacity - rate
    steep = abs(drain)
    span = steep * patience
    # All weights carry the factor exp(-span) in overload, which keeps them finite.
    idle = inverse_erlang_b(servers - 1, load) / rate * (math.exp(-span) if drain < 0 else 1.0)
    queued = -math.expm1(-span) / steep if span >= _FLAT else patience
    lost = (math.exp(-span) if drain > 0 else 1.0) / capacity
    mass = idle + queued + lost
    timeout = lost / mass
    waited = _first_moment(steep, patience, queued, overload=drain < 0)
    return Queue(
        servers=servers,
        patience=patience,
        wait_probability=(queued + lost) / mass,
        timeout_probability=timeout,
        mean_wait=(waited + patience * lost) / mass,
        utilization=min(1.0, load * (1.0 - timeout) / servers),
        drain=drain,
        mass=mass,
    )


def _first_moment(steep: float, patience: float, queued: float, *, overload: bool) -> float:
    """Integrate x exp(-steep x) up to the patience, mirrored in overload."""
    span = steep * patience
    if span < 1e-4:
        moment = patience**2 * (0.5 - span / 3.0)
    else:
        moment = (1.0 - math.exp(-span) * (1.0 + span)) / steep**2
    return patience * queued - moment if overload else moment


def servers_needed(rate: float, hold: float, *, wait_probability: float, most: int) -> int:
    """Return the fewest servers with which so few arrivals wait at all, at most `most`."""
    load = rate * hold
    for servers in range(max(1, math.ceil(load)), most):
        if erlang_c(servers, load) <= wait_probability:
            return servers
    return most
