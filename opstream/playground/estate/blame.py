"""Whose fault it is: extra time is followed down the call graph until it stays somewhere.

A service passes blame to a callee in the share in which the callee's extra time, and the waiting
for connections that it causes by holding them longer, explains its own; the rest it keeps.
"""

from opstream.playground.estate.flow import Flow, Flows
from opstream.playground.estate.queueing import solve
from opstream.playground.estate.spec import ServiceName

_NOISE_MS = 3.0


def extra_ms(flow: Flow, normal: Flow) -> float:
    """Return by how much a mean request takes longer than normal; noise counts as nothing."""
    extra = flow.mean_ms - normal.mean_ms
    return extra if extra > _NOISE_MS else 0.0


def kept_blame(start: ServiceName, flows: Flows, normal: Flows) -> dict[ServiceName, float]:
    """Return what share of a service's extra time each service keeps, the largest first."""
    kept: dict[ServiceName, float] = {}
    _pass_on(start, 1.0, flows, normal, kept)
    return dict(sorted(kept.items(), key=lambda each: -each[1]))


def _pass_on(
    service: ServiceName,
    blame: float,
    flows: Flows,
    normal: Flows,
    kept: dict[ServiceName, float],
) -> None:
    shares = _callee_shares(flows[service], flows, normal)
    kept[service] = kept.get(service, 0.0) + blame * (1.0 - sum(shares.values()))
    for callee, share in shares.items():
        _pass_on(callee, blame * share, flows, normal, kept)


def _callee_shares(flow: Flow, flows: Flows, normal: Flows) -> dict[ServiceName, float]:
    usual = normal[flow.spec.name]
    own = extra_ms(flow, usual)
    direct = {
        call.callee: call.visits * extra
        for call in flow.spec.calls
        if (extra := extra_ms(flows[call.callee], normal[call.callee])) > 0.0
    }
    if not own or not direct:
        return {}
    total = sum(direct.values())
    explained = min(1.0, (total + _wait_by_holding(flow, usual)) / own)
    return {callee: explained * extra / total for callee, extra in direct.items()}


def _wait_by_holding(flow: Flow, usual: Flow) -> float:
    """Return the milliseconds of waiting that were not there, were connections held as usual."""
    users = flow.rate * flow.pool_use
    patience = flow.settings.timeout_seconds
    as_usual = solve(flow.settings.pool_size or 1, users, usual.hold_ms / 1e3, patience)
    return flow.pool_use * max(0.0, flow.pool.mean_wait - as_usual.mean_wait) * 1e3
