"""What can be done to the estate; each order turns one epoch into the next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from opstream.playground.estate.errors import Refused
from opstream.playground.estate.faults import (
    FAULT_NAMES,
    FAULTS,
    POOL_ENOUGH,
    SMALL_POOL,
    FaultName,
)
from opstream.playground.estate.spec import (
    HEALTHY,
    LONGEST_TIMEOUT,
    MOST_CONNECTIONS,
    MOST_REPLICAS,
    SERVICE_NAMES,
    SHORTEST_TIMEOUT,
    ServiceName,
    callers_of,
    version_name,
)
from opstream.playground.estate.state import Epoch

ToolName = Literal[
    "scale_service",
    "set_pool_size",
    "set_timeout",
    "restart_service",
    "roll_back",
    "set_fault",
]
TOOL_NAMES: tuple[ToolName, ...] = get_args(ToolName)
Value = int | float | bool | str | None


@dataclass(frozen=True, slots=True)
class Order:
    """A write, as it was asked for."""

    tool: ToolName
    subject: str  # a service, or a fault
    value: Value = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What an order did: `epoch` is what holds from now on."""

    epoch: Epoch
    service: ServiceName
    setting: str
    before: Value
    after: Value
    changed: bool


def carry_out(order: Order, epoch: Epoch, at: datetime) -> Effect:
    """Return the effect of an order on the epoch that holds now.

    Raises:
        Refused: the order cannot be followed; nothing is changed.
    """
    now = replace(epoch, at=at)
    if order.tool == "set_fault":
        return _set_fault(now, fault_named(order.subject), bool(order.value))
    return _SERVICE_ORDERS[order.tool](now, service_named(order.subject), order.value)


def service_named(name: str) -> ServiceName:
    """Return the service of this name.

    Raises:
        Refused: there is none.
    """
    for service in SERVICE_NAMES:
        if service == name:
            return service
    raise Refused(f"There is no service {name!r}; write one of {', '.join(SERVICE_NAMES)}.")


def fault_named(name: str) -> FaultName:
    """Return the fault of this name.

    Raises:
        Refused: there is none.
    """
    for fault in FAULT_NAMES:
        if fault == name:
            return fault
    raise Refused(f"There is no fault {name!r}; write one of {', '.join(FAULT_NAMES)}.")


def _scale(now: Epoch, service: ServiceName, value: Value) -> Effect:
    replicas = _within(value, "number of replicas", 1, MOST_REPLICAS)
    settings = now.settings[service]
    after = now.with_settings(service, replace(settings, replicas=int(replicas)))
    return _effect(after, service, "replicas", settings.replicas, int(replicas))


def _set_pool_size(now: Epoch, service: ServiceName, value: Value) -> Effect:
    size = int(_within(value, "pool size", 1, MOST_CONNECTIONS))
    settings = now.settings[service]
    if settings.pool_size is None:
        callers = ", ".join(callers_of(service))
        raise Refused(
            f"{service} calls no other service, so it has no pool; "
            f"write one of those that call it: {callers}."
        )
    after = now.with_settings(service, replace(settings, pool_size=size))
    if service == FAULTS["pool_too_small"].service:
        after = after.with_fault("pool_too_small", active=size < POOL_ENOUGH)
    return _effect(after, service, "pool_size", settings.pool_size, size)


def _set_timeout(now: Epoch, service: ServiceName, value: Value) -> Effect:
    seconds = _within(value, "timeout in seconds", SHORTEST_TIMEOUT, LONGEST_TIMEOUT)
    settings = now.settings[service]
    after = now.with_settings(service, replace(settings, timeout_seconds=seconds))
    return _effect(after, service, "timeout_seconds", settings.timeout_seconds, seconds)


def _restart(now: Epoch, service: ServiceName, _value: Value) -> Effect:
    before = now.restarted.get(service)
    after = replace(now, restarted={**now.restarted, service: now.at})
    if service == FAULTS["slow_database"].service:
        after = after.with_fault("slow_database", active=False)
    return _effect(after, service, "restarted_at", _iso(before), _iso(now.at))


def _roll_back(now: Epoch, service: ServiceName, _value: Value) -> Effect:
    settings = now.settings[service]
    running, previous = settings.version, settings.previous_version
    if previous is None:
        raise Refused(
            f"{service} runs {version_name(running)} and has no earlier version to go back to; "
            "choose another remedy."
        )
    rolled = replace(settings, version=previous, previous_version=None)
    after = now.with_settings(service, rolled)
    if service == FAULTS["bad_deploy"].service:
        after = after.with_fault("bad_deploy", active=False)
    return _effect(after, service, "version", version_name(running), version_name(previous))


def _set_fault(now: Epoch, fault: FaultName, active: bool) -> Effect:
    service = FAULTS[fault].service
    before = fault in now.faults
    after = now
    if before != active:
        settings = now.settings[service]
        if fault == "pool_too_small":
            size = SMALL_POOL if active else HEALTHY[service].pool_size
            after = now.with_settings(service, replace(settings, pool_size=size))
        elif fault == "bad_deploy":
            deployed = settings.version + (1 if active else -1)
            previous = settings.version if active else None
            versions = replace(settings, version=deployed, previous_version=previous)
            after = now.with_settings(service, versions)
        after = after.with_fault(fault, active=active)
    return _effect(after, service, f"fault {fault}", before, active)


def _within(value: Value, what: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Refused(
            f"The {what} {value!r} is out of range; write a number from {least:g} to {most:g}."
        )
    return float(value)


def _effect(
    epoch: Epoch, service: ServiceName, setting: str, before: Value, after: Value
) -> Effect:
    return Effect(epoch, service, setting, before, after, changed=before != after)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


_SERVICE_ORDERS: dict[ToolName, Callable[[Epoch, ServiceName, Value], Effect]] = {
    "scale_service": _scale,
    "set_pool_size": _set_pool_size,
    "set_timeout": _set_timeout,
    "restart_service": _restart,
    "roll_back": _roll_back,
}
