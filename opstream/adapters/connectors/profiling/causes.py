"""Where a service loses its time or fails, root causes first; each with the numbers that show it.

A wait is a symptom as often as a cause, so the order matters: what broke the service (a release, a
leak, processors, a callee in trouble of its own) comes before where its requests are seen to wait.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from opstream.adapters.connectors.profiling import releases
from opstream.adapters.connectors.profiling.evidence import Evidence, Measure, Pattern, Span
from opstream.adapters.connectors.profiling.words import amount, cut, ms, number, percent, share


class Kind(StrEnum):
    """What holds a service up."""

    RELEASE = "bad_release"
    MEMORY = "memory_growth"
    LOCKS = "lock_wait"
    CPU = "cpu_saturated"
    POOL = "pool_wait"
    QUEUE = "worker_wait"
    DOWNSTREAM = "slow_dependency"
    OWN = "own_work"
    TIMEOUTS = "timeouts"


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """One place where time or requests are lost.

    Args:
        service: Where it is; the callee for a slow dependency.
        share: Of the mean request, or of the requests for failures; 0 to 1, 0 when unknown.
        evidence: A sentence with the numbers, without its full stop.
    """

    kind: Kind
    service: str
    share: float
    evidence: str


FULL = 95.0
_BUSY = 75.0
_NOTICEABLE = 0.25
_MOST = 0.5
_FAILING_PERCENT = 1.0
_POOL = re.compile(r"pool|connection", re.IGNORECASE)
_LOCK = re.compile(r"\block(s|ed)?\b|deadlock", re.IGNORECASE)
_TIMEOUT = re.compile(r"\btime[d]?[ -]?out|deadline exceeded", re.IGNORECASE)
_MANY_LINES = 0.05


def bottlenecks(evidence: Evidence) -> tuple[Bottleneck, ...]:
    """Return all bottlenecks that the evidence supports, the likely root cause first."""
    found = [one for detect in _DETECTORS if (one := detect(evidence)) is not None]
    return tuple(sorted(found, key=lambda one: (_rank(one, evidence), -one.share)))


def measure(evidence: Evidence, name: str) -> Measure | None:
    """Return a metric by its name, or None."""
    return evidence.metrics.get(name)


def pool_span(evidence: Evidence) -> Span | None:
    """Return the wait for a pooled connection, or None."""
    return _longest(one for one in _of_kind(evidence, "wait") if _POOL.search(one.operation))


def timeout_lines(evidence: Evidence) -> Sequence[Pattern]:
    """Return the failures in the logs that tell of a timeout, most frequent first."""
    told = [
        one
        for one in evidence.patterns
        if _TIMEOUT.search(one.template) and one.level.upper() != "INFO"
    ]
    return sorted(told, key=lambda one: -one.count)


def cut_off(evidence: Evidence) -> Span | None:
    """Return a call whose slowest requests end right at the timeout, although most are quick."""
    limit = evidence.setting.timeout_seconds or 0.0
    return _longest(
        one
        for one in _of_kind(evidence, "call")
        if one.mean_ms < limit * 500
        and one.p99_ms > limit * 900
        and not evidence.unwell(one.service)
    )


def _rank(one: Bottleneck, evidence: Evidence) -> int:
    if one.kind is Kind.DOWNSTREAM and evidence.unwell(one.service):
        return 3
    if one.kind is Kind.TIMEOUTS and cut_off(evidence) is None:
        return _LAST
    return _RANKS[one.kind]


def _release(evidence: Evidence) -> Bottleneck | None:
    """Find failures that a release brought."""
    errors = [one for one in evidence.patterns if one.is_error]
    failed = sum(one.count for one in errors)
    rate = measure(evidence, "error_rate")
    ratio = rate.mean / 100.0 if rate else failed / max(evidence.log_lines, 1)
    blamed = releases.blamed(evidence, errors)
    if not failed or 100.0 * ratio < _FAILING_PERCENT or blamed is None:
        return None
    service, why = blamed
    return Bottleneck(Kind.RELEASE, service, ratio, f"{share(ratio)} of the requests fail, {why}")


def _memory(evidence: Evidence) -> Bottleneck | None:
    """Find memory that climbs steadily; a fall back to the start counts as a restart."""
    found = measure(evidence, "memory_utilization")
    if found is None or len(found.values) < 4:
        return None
    steps = [after - before for before, after in zip(found.values, found.values[1:], strict=False)]
    rises = [step for step in steps if step > 0.05]
    if len(rises) < 0.7 * len(steps) or sum(rises) < 8.0:
        return None
    low = min(found.values)
    return Bottleneck(
        Kind.MEMORY,
        evidence.service,
        0.0,
        f"memory climbs steadily, from {percent(low)} to {percent(found.highest)}"
        f"{_pace(found, sum(rises) / len(rises))}, and is at {percent(found.last)} now",
    )


def _pace(found: Measure, step: float) -> str:
    times = [at for at, _ in found.points if at is not None]
    if len(times) < 2 or times[-1] <= times[0]:
        return ""
    minutes = (times[-1] - times[0]).total_seconds() / 60 / (len(times) - 1)
    return f" by some {number(step / minutes)} points a minute"


def _locks(evidence: Evidence) -> Bottleneck | None:
    told = [one for one in evidence.patterns if _LOCK.search(one.template)]
    lines = sum(one.count for one in told)
    part = lines / evidence.log_lines if evidence.log_lines else sum(one.share for one in told)
    if part < _MANY_LINES:
        return None
    loudest = max(told, key=lambda one: one.count)
    return Bottleneck(
        Kind.LOCKS,
        evidence.service,
        part,
        f"{share(part)} of its log lines tell of waiting for a lock "
        f"(“{cut(loudest.template, 100)}”, {loudest.count:,} times)",
    )


def _cpu(evidence: Evidence) -> Bottleneck | None:
    found = measure(evidence, "cpu_utilization")
    if found is None or found.mean < _BUSY:
        return None
    own = sum(one.share for one in _of_kind(evidence, "self"))
    tail = f", and its own work takes {share(own)} of the mean request" if own else ""
    return Bottleneck(
        Kind.CPU,
        evidence.service,
        own,
        f"its processors are {percent(found.mean)} busy on average and {percent(found.highest)} "
        f"at most{tail}",
    )


def _pool(evidence: Evidence) -> Bottleneck | None:
    span, used = pool_span(evidence), measure(evidence, "pool_utilization")
    waited, typical = measure(evidence, "pool_wait_ms"), measure(evidence, "latency_p50_ms")
    part = span.share if span else 0.0
    if span is None and waited and typical and typical.mean > 0:
        part = min(1.0, waited.mean / typical.mean)
    full = [value for value in used.values if value >= FULL] if used else []
    crowded = used is not None and len(full) >= max(1, len(used.values) / 2)
    if part < _NOTICEABLE and not (crowded and part >= _NOTICEABLE / 2):
        return None
    said = [f"waiting for a connection of its pool takes {share(part)} of the mean request"]
    if span:
        said.append(f"{ms(span.mean_ms)} on average and {ms(span.p99_ms)} at p99")
    if used and full:
        said.append(
            f"the pool was over {percent(FULL)} used in {len(full)} of {len(used.values)} samples"
        )
    elif used:
        said.append(f"the pool was {percent(used.mean)} used on average")
    return Bottleneck(Kind.POOL, evidence.service, part, "; ".join(said))


def _queue(evidence: Evidence) -> Bottleneck | None:
    span = _longest(one for one in _of_kind(evidence, "wait") if not _POOL.search(one.operation))
    if span is None or span.share < _NOTICEABLE:
        return None
    depth = measure(evidence, "queue_depth")
    queued = f"; {number(depth.mean)} requests wait on average" if depth and depth.mean else ""
    return Bottleneck(
        Kind.QUEUE,
        evidence.service,
        span.share,
        f"“{span.operation}” takes {share(span.share)} of the mean request, "
        f"{ms(span.mean_ms)} on average and {ms(span.p99_ms)} at p99{queued}",
    )


def _downstream(evidence: Evidence) -> Bottleneck | None:
    calls = [one for one in _of_kind(evidence, "call") if one.service != evidence.service]
    totals: dict[str, float] = {}
    for one in calls:
        totals[one.service] = totals.get(one.service, 0.0) + one.share
    if not totals:
        return None
    callee, part = max(totals.items(), key=lambda one: (evidence.unwell(one[0]), one[1]))
    unwell = evidence.unwell(callee)
    if part < (_NOTICEABLE if unwell else _MOST):
        return None
    slowest = max((one for one in calls if one.service == callee), key=lambda one: one.mean_ms)
    itself = f"; `{callee}` is in trouble itself" if unwell else ""
    return Bottleneck(
        Kind.DOWNSTREAM,
        callee,
        part,
        f"calls to `{callee}` take {share(part)} of the mean request, {ms(slowest.mean_ms)} on "
        f"average and {ms(slowest.p99_ms)} at p99 (“{cut(slowest.operation, 60)}”){itself}",
    )


def _own(evidence: Evidence) -> Bottleneck | None:
    span = _longest(_of_kind(evidence, "self"))
    if span is None or span.share < _MOST:
        return None
    return Bottleneck(
        Kind.OWN,
        evidence.service,
        span.share,
        f"its own work (“{cut(span.operation, 60)}”) takes {share(span.share)} of the mean "
        f"request, {ms(span.mean_ms)} on average and {ms(span.p99_ms)} at p99",
    )


def _timeouts(evidence: Evidence) -> Bottleneck | None:
    lines, rate = timeout_lines(evidence), measure(evidence, "error_rate")
    total = sum(one.count for one in lines)
    if not total or (rate is not None and rate.mean < _FAILING_PERCENT):
        return None
    failing = f", and {amount(rate.mean, 'percent')} of the requests fail" if rate else ""
    return Bottleneck(
        Kind.TIMEOUTS,
        evidence.service,
        rate.mean / 100.0 if rate else 0.0,
        f"{total:,} log lines tell of timeouts (“{cut(lines[0].template, 80)}”){failing}",
    )


def _of_kind(evidence: Evidence, kind: str) -> list[Span]:
    return [one for one in evidence.spans if one.kind == kind]


def _longest(spans: Iterable[Span]) -> Span | None:
    return max(spans, key=lambda one: one.share, default=None)


_RANKS = {
    Kind.RELEASE: 0,
    Kind.MEMORY: 1,
    Kind.LOCKS: 1,
    Kind.CPU: 2,
    Kind.POOL: 4,
    Kind.QUEUE: 4,
    Kind.TIMEOUTS: 5,
    Kind.DOWNSTREAM: 6,
    Kind.OWN: 6,
}
_LAST = 7

_DETECTORS: tuple[Callable[[Evidence], Bottleneck | None], ...] = (
    _release,
    _memory,
    _locks,
    _cpu,
    _pool,
    _queue,
    _downstream,
    _own,
    _timeouts,
)
