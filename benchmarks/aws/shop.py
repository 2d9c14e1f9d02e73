"""A pretend shop on AWS: what its services measure, log and trace, given how many tasks they have.

`checkout` has too few tasks for its load: its processors are busy and requests wait for each other.
With more tasks it is well. `payments` is well all the time.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CLUSTER = "shop"
ENVIRONMENT = f"ecs:{CLUSTER}"
TASKS = {"checkout": 2, "payments": 2}
OPERATIONS = {"checkout": "POST /orders", "payments": "POST /charges"}
LOAD = {"checkout": 1.86, "payments": 0.70}  # tasks that the load would keep wholly busy
OWN_MS = {"checkout": 48.0, "payments": 30.0}
CALL_MS = {"checkout": 52.0, "payments": 18.0}
CALLED = {"checkout": "payments", "payments": "bank-gateway"}


@dataclass(frozen=True, slots=True)
class Objective:
    """A promise: so many milliseconds at p99, or so many percent that succeed."""

    name: str
    service: str
    kind: str
    threshold: float


OBJECTIVES = (
    Objective("checkout-latency", "checkout", "LATENCY", 300.0),
    Objective("checkout-availability", "checkout", "AVAILABILITY", 99.0),
    Objective("payments-latency", "payments", "LATENCY", 200.0),
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its parts in milliseconds."""

    own_ms: float
    call_ms: float
    failed: bool

    @property
    def whole_ms(self) -> float:
        """How long it took."""
        return self.own_ms + self.call_ms


def busy(service: str, tasks: int) -> float:
    """Return how busy its processors are, in percent."""
    return min(99.0, 100.0 * LOAD[service] / max(tasks, 1))


def requests(service: str, tasks: int, count: int, dice: random.Random) -> list[Request]:
    """Return some requests; the busier a service, the longer its own work takes."""
    use = busy(service, tasks) / 100.0
    stretch = 1.0 / (1.0 - min(use, 0.93))
    found = []
    for _ in range(count):
        own = OWN_MS[service] * stretch * dice.uniform(0.6, 1.4) / 1.6
        call = CALL_MS[service] * dice.uniform(0.7, 1.3)
        found.append(Request(own, call, use > 0.9 and dice.random() < 0.03))
    return found


def log_lines(service: str, made: list[Request]) -> Iterator[str]:
    """Yield what a service logs of its requests."""
    for one in made:
        if one.failed:
            yield f"ERROR Request refused after {one.whole_ms:.0f} ms: no free worker"
        else:
            yield f"INFO {OPERATIONS[service]} answered 200 in {one.whole_ms:.0f} ms"


def spans(
    service: str, one: Request, ended: float, dice: random.Random
) -> Iterator[dict[str, object]]:
    """Yield the spans of a request as OpenTelemetry records of CloudWatch have them."""
    local = {
        "aws.local.service": service,
        "aws.local.operation": OPERATIONS[service],
        "aws.local.environment": ENVIRONMENT,
    }
    remote = {"aws.remote.service": CALLED[service], "aws.remote.operation": "POST /charges"}
    trace, root = f"{dice.getrandbits(128):032x}", f"{dice.getrandbits(64):016x}"
    yield _span(trace, root, "SERVER", one.whole_ms, ended, local)
    yield _span(trace, f"{dice.getrandbits(64):016x}", "CLIENT", one.call_ms, ended, local | remote)


def _span(
    trace: str, span: str, kind: str, took_ms: float, ended: float, attributes: Mapping[str, str]
) -> dict[str, object]:
    return {
        "traceId": trace,
        "spanId": span,
        "name": attributes["aws.local.operation"],
        "kind": kind,
        "startTimeUnixNano": int((ended - took_ms / 1e3) * 1e9),
        "endTimeUnixNano": int(ended * 1e9),
        "durationNano": int(took_ms * 1e6),
        "attributes": dict(attributes),
    }
