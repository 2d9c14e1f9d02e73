"""How large a pool has to be, and how many replicas: old and simple laws, no guesses."""

import math

_COMFORTABLE = 0.6  # utilisation up to which a queue in front of a shared resource stays short
_QUALITY = 2.0  # Halfin and Whitt's beta: some 3 in 100 arrivals wait at all
_STEP = 4
_MOST_TIMES = 4  # what is measured in an overload is no ground for a bigger jump


def busy_connections(requests_a_second: float, held_ms: float, failing: float) -> float:
    """Return how many connections are busy on average when none has to be waited for.

    Args:
        requests_a_second: That arrive, those included that fail.
        held_ms: How long the mean request holds a connection, counted over all requests.
        failing: Share of requests, 0 to 1, that never got one and so count as 0 in `held_ms`.

    Source: Little's law, L = λW; J. D. C. Little, "A proof for the queuing formula L = λW",
    Operations Research 9 (1961).
    """
    return requests_a_second * held_ms / 1e3 / (1.0 - min(max(failing, 0.0), 0.5))


def pool_size(busy: float, current: int | None) -> int:
    """Return a pool size with which hardly any request waits.

    The larger of two: `busy / 0.6`, which keeps the pool at most 60 % used, and
    `busy + 2 √busy`; rounded up to a multiple of 4, larger than the current size, and at most
    four times as large.

    Source: square-root staffing, S. Halfin and W. Whitt, "Heavy-traffic limits for queues with
    many exponential servers", Operations Research 29 (1981).
    """
    wanted = max(busy / _COMFORTABLE, busy + _QUALITY * math.sqrt(busy))
    size = math.ceil(wanted / _STEP) * _STEP
    if current is None:
        return size
    return min(max(size, current + _STEP), current * _MOST_TIMES)


def replicas(current: int, busy_percent: float) -> int:
    """Return how many replicas bring the processors down to 60 % busy, at least one more.

    Source: the utilisation law, U = XD / m; P. J. Denning and J. P. Buzen, "The operational
    analysis of queueing network models", ACM Computing Surveys 10 (1978).
    """
    wanted = math.ceil(current * busy_percent / 100.0 / _COMFORTABLE)
    return min(max(wanted, current + 1), current * _MOST_TIMES)
