"""What the services would have written to their logs, counted by pattern."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from opstream.playground.estate.faults import RESTART_SECONDS
from opstream.playground.estate.flow import Flow
from opstream.playground.estate.load import chance
from opstream.playground.estate.measures import Look
from opstream.playground.estate.spec import ServiceName
from opstream.playground.estate.state import Epoch, Estate

Level = Literal["ERROR", "WARN", "INFO"]

_LEVELS: tuple[Level, ...] = ("ERROR", "WARN", "INFO")
_LONG_WAIT = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Pattern:
    level: Level
    template: str  # <…> stands for what differs from line to line
    count: int
    share: float  # of all lines, 0 to 1
    example: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class LogReport:
    service: ServiceName
    total: int
    by_level: dict[Level, int]
    patterns: list[Pattern]  # errors first, then the most frequent
    simulation: Literal[True] = True


@dataclass(frozen=True, slots=True)
class _Line:
    level: Level
    template: str
    example: str
    a_second: float


@dataclass(slots=True)
class _Tally:
    line: _Line  # as it was when there were most of it
    count: int
    first: datetime
    last: datetime


def log_report(estate: Estate, service: ServiceName, seen: Sequence[Look]) -> LogReport:
    """Count the lines a service wrote during these looks, oldest first."""
    tallies: dict[str, _Tally] = {}
    for look in seen:
        for line in _lines(look.flows[service], look, estate.at(look.at)):
            luck = chance(estate.seed, "log", line.template, look.at.isoformat())
            if count := math.floor(line.a_second * look.seconds + luck):
                _count(tallies, line, look, count)
    total = sum(tally.count for tally in tallies.values())
    patterns = [_pattern(tally, total) for tally in tallies.values()]
    patterns.sort(key=lambda each: (_LEVELS.index(each.level), -each.count))
    by_level = {
        level: sum(each.count for each in patterns if each.level == level) for level in _LEVELS
    }
    return LogReport(service, total, by_level, patterns)


def _count(tallies: dict[str, _Tally], line: _Line, look: Look, count: int) -> None:
    half = timedelta(seconds=look.seconds / 2)
    tally = tallies.setdefault(line.template, _Tally(line, 0, look.at - half, look.at))
    tally.count += count
    tally.last = look.at + half
    if line.a_second > tally.line.a_second:
        tally.line = line


def _pattern(tally: _Tally, total: int) -> Pattern:
    line, share = tally.line, round(tally.count / total, 4)
    return Pattern(
        line.level, line.template, tally.count, share, line.example, tally.first, tally.last
    )


def _lines(flow: Flow, look: Look, epoch: Epoch) -> Iterator[_Line]:
    endpoint = flow.spec.endpoint
    yield _Line(
        "INFO",
        f"{endpoint} answered 200 in <ms> ms",
        f"{endpoint} answered 200 in {flow.mean_ms:.0f} ms",
        flow.rate * (1.0 - flow.errors),
    )
    yield from _queue_lines(flow)
    yield from _call_lines(flow, look)
    yield from _fault_lines(flow, epoch)
    yield from _start_lines(flow, look, epoch)


def _queue_lines(flow: Flow) -> Iterator[_Line]:
    patience = flow.settings.timeout_seconds
    size = flow.settings.pool_size
    users = flow.rate * (1.0 - flow.workers.timeout_probability) * flow.pool_use
    yield _Line(
        "ERROR",
        "No free worker within <s> s, request refused",
        f"No free worker within {patience:g} s, request refused",
        flow.rate * flow.workers.timeout_probability,
    )
    if size is None:
        return
    queued = users * flow.pool.mean_wait
    yield _Line(
        "ERROR",
        "No connection within <s> s: pool of <n> exhausted, <n> requests waiting",
        f"No connection within {patience:g} s: pool of {size} exhausted, "
        f"{queued:.0f} requests waiting",
        users * flow.pool.timeout_probability,
    )
    long_wait = flow.pool.longer_than(_LONG_WAIT) - flow.pool.timeout_probability
    yield _Line(
        "WARN",
        "Waited <ms> ms for a pooled connection, <n> of <n> in use",
        f"Waited {flow.pool.mean_wait * 1e3:.0f} ms for a pooled connection, "
        f"{size} of {size} in use",
        users * max(0.0, long_wait),
    )


def _call_lines(flow: Flow, look: Look) -> Iterator[_Line]:
    for call in flow.spec.calls:
        callee = look.flows[call.callee]
        failed = flow.rate * min(1.0, call.visits) * callee.errors
        outcome = "trying once more" if call.retries else "giving up"
        level: Level = "WARN" if call.retries else "ERROR"
        text = f"Call to {call.callee} failed, {outcome}: {call.operation}"
        yield _Line(level, text, text, failed)


def _fault_lines(flow: Flow, epoch: Epoch) -> Iterator[_Line]:
    state, name = flow.conditions, flow.spec.name
    struck = epoch.faults
    if name == "database" and "slow_database" in struck:
        yield _Line(
            "WARN",
            "Slow query, <ms> ms: waited for a lock on table orders held by session report-<n>",
            f"Slow query, {flow.mean_ms:.0f} ms: waited for a lock on table orders held by "
            "session report-7",
            flow.rate * 0.4,
        )
    if name == "payments" and "bad_deploy" in struck:
        text = f"Charge failed in version v{flow.settings.version}: no rounding rule for currency"
        yield _Line("ERROR", f"{text} <code>", f"{text} EUR", flow.rate * state.own_errors)
    if name == "inventory" and "noisy_neighbour" in struck:
        yield _Line(
            "WARN",
            "Host node-<n>: <percent> % of processor time taken by other tenants",
            "Host node-2: 55 % of processor time taken by other tenants",
            0.2,
        )
    if state.pause_probability:
        yield _Line(
            "WARN",
            "Garbage collection paused for <ms> ms, <percent> % of memory in use",
            f"Garbage collection paused for {state.pause_ms:.0f} ms, "
            f"{state.memory_percent:.0f} % of memory in use",
            flow.rate * state.pause_probability,
        )


def _start_lines(flow: Flow, look: Look, epoch: Epoch) -> Iterator[_Line]:
    """Tell of a restart, and of the requests that were dropped in it."""
    restarted = epoch.restarted.get(flow.spec.name)
    age = (look.at - restarted).total_seconds() if restarted else RESTART_SECONDS
    if not 0.0 <= age < RESTART_SECONDS:
        return
    yield _Line(
        "WARN",
        "Connection reset while starting",
        "Connection reset while starting",
        flow.rate * flow.conditions.own_errors,
    )
    started = "Started version v<n> on <n> replicas"
    settings = flow.settings
    example = f"Started version v{settings.version} on {settings.replicas} replicas"
    yield _Line("INFO", started, example, settings.replicas / RESTART_SECONDS)
