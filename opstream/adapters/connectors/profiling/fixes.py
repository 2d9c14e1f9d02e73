"""The change that the evidence supports for a bottleneck; none where it supports none."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opstream.adapters.connectors.profiling import sizing
from opstream.adapters.connectors.profiling.causes import (
    Bottleneck,
    Kind,
    cut_off,
    measure,
    timeout_lines,
)
from opstream.adapters.connectors.profiling.evidence import Evidence
from opstream.adapters.connectors.profiling.words import ms, number, percent, sentence, share

_RESTARTED = "40s"  # a service that comes up is slow and drops requests at first


@dataclass(frozen=True, slots=True)
class Fix:
    """A proposed change: an operation with its arguments, ready to be approved.

    Args:
        operation: The tool alone, without the name of its server.
        risk: low, medium or high.
        watch: How long to wait until its effect shows.
    """

    operation: str
    arguments: Mapping[str, str | int | float]
    title: str
    why: str
    risk: str
    reversible: bool = True
    watch: str = "20s"


@dataclass(frozen=True, slots=True)
class NoFix:
    """Why nothing is proposed, and what a person could do, in full sentences."""

    why: str


def choose(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    """Return the change for the likely root cause."""
    return _CHOICES[root.kind](evidence, root)


def _pool(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    service, current = evidence.service, evidence.setting.pool_size
    rate, errors = measure(evidence, "request_rate"), measure(evidence, "error_rate")
    held = sum(one.mean_ms for one in evidence.spans if one.kind == "call")
    used = measure(evidence, "pool_utilization")
    floor = current * used.mean / 100.0 if current and used else 0.0
    if rate is None or not held:
        if not floor:
            return NoFix(
                "How large the pool should be cannot be computed: neither the rate of requests and "
                "the time of their calls nor the pool's size are known."
            )
        busy, how = floor, f"{number(floor)} of {current} connections are busy on average"
    else:
        failing = errors.mean / 100.0 if errors else 0.0
        busy = max(sizing.busy_connections(rate.mean, held, failing), floor)
        how = (
            f"{number(rate.mean)} requests a second that hold a connection for {ms(held)} each "
            f"keep {number(busy)} connections busy"
        )
    size = sizing.pool_size(busy, current)
    before = f" from {current}" if current else ""
    return Fix(
        "set_pool_size",
        {"service": service, "size": size},
        f"Raise {service}'s connection pool{before} to {size}",
        f"{how} (Little's law); with {size} the pool is about "
        f"{share(min(busy / size, 1.0))} used and hardly any request waits.",
        "low",
    )


def _cpu(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    busy, current = measure(evidence, "cpu_utilization"), evidence.setting.replicas
    if busy is None or current is None:
        return NoFix(
            f"More replicas of `{evidence.service}` would help, but how many it has is not known."
        )
    wanted = sizing.replicas(current, busy.mean)
    after = busy.mean * current / wanted
    return Fix(
        "scale_service",
        {"service": evidence.service, "replicas": wanted},
        f"Scale {evidence.service} from {current} to {wanted} replicas",
        f"The processors of {current} replicas are {percent(busy.mean)} busy; spread over "
        f"{wanted} the same work keeps them about {percent(after)} busy (utilisation law).",
        "low",
    )


def _queue(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    current = evidence.setting.replicas
    if current is None:
        return NoFix(
            f"More replicas of `{evidence.service}` would bring more workers, but how many it has "
            "is not known."
        )
    wanted = max(current + 1, math.ceil(current * 1.5))
    return Fix(
        "scale_service",
        {"service": evidence.service, "replicas": wanted},
        f"Scale {evidence.service} from {current} to {wanted} replicas",
        f"Requests wait for a free worker, and {wanted} replicas have half as many workers more.",
        "low",
    )


def _release(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    setting = evidence.settings.get(root.service)
    now, before = (setting.version, setting.previous_version) if setting else ("", "")
    versions = f" from {now} to {before}" if now and before else " to its previous version"
    return Fix(
        "roll_back",
        {"service": root.service},
        f"Roll {root.service} back{versions}",
        sentence(root.evidence),
        "medium",
    )


def _memory(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    return Fix(
        "restart_service",
        {"service": evidence.service},
        f"Restart {evidence.service} to free its memory",
        f"{sentence(root.evidence)} A restart frees it for a while; the leak "
        "itself needs a change of code.",
        "medium",
        reversible=False,
        watch=_RESTARTED,
    )


def _locks(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    return Fix(
        "restart_service",
        {"service": evidence.service},
        f"Restart {evidence.service} to end the session that holds its locks",
        f"{sentence(root.evidence)} A restart ends whatever holds them; look first whether that "
        "session may be ended by itself.",
        "high",
        reversible=False,
        watch=_RESTARTED,
    )


def _downstream(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    return NoFix(
        f"The time is lost in `{root.service}`, and nothing measured here says why. Profile "
        f"`{root.service}` next."
    )


def _own(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    return NoFix(
        "The time goes into the service's own work while its processors have room, so more of "
        "anything would not help. A profiler can name the code."
    )


def _timeouts(evidence: Evidence, root: Bottleneck) -> Fix | NoFix:
    limit, slow = evidence.setting.timeout_seconds, cut_off(evidence)
    if limit is None or slow is None:
        return NoFix(
            "Requests time out, but a longer timeout would only make them wait longer: what they "
            "wait for is not known from this."
        )
    longer, told = limit * 2, timeout_lines(evidence)[0].count
    return Fix(
        "set_timeout",
        {"service": evidence.service, "seconds": longer},
        f"Raise {evidence.service}'s timeout from {number(limit)} s to {number(longer)} s",
        f"Calls to {slow.service} take {ms(slow.mean_ms)} on average but {ms(slow.p99_ms)} at p99, "
        f"right at the timeout, and {told:,} log lines tell of it.",
        "medium",
    )


_CHOICES: Mapping[Kind, Callable[[Evidence, Bottleneck], Fix | NoFix]] = {
    Kind.RELEASE: _release,
    Kind.MEMORY: _memory,
    Kind.LOCKS: _locks,
    Kind.CPU: _cpu,
    Kind.POOL: _pool,
    Kind.QUEUE: _queue,
    Kind.DOWNSTREAM: _downstream,
    Kind.OWN: _own,
    Kind.TIMEOUTS: _timeouts,
}
