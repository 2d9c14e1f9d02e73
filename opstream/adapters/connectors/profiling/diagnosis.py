"""Is a service well, what holds it up, and what would help: the verdict on the evidence."""

from dataclasses import dataclass

from opstream.adapters.connectors.profiling.causes import Bottleneck, Kind, bottlenecks, measure
from opstream.adapters.connectors.profiling.evidence import Evidence
from opstream.adapters.connectors.profiling.fixes import Fix, NoFix, choose

# These are worth acting on before anybody feels them.
_NEVER_WELL = (Kind.RELEASE, Kind.MEMORY)
_WELL_BELOW_PERCENT = 1.0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the evidence says.

    Args:
        measured: Whether there was anything to judge by.
        bottlenecks: The likely root cause first; in a healthy service merely where time goes.
        fix: What to do; None in a healthy service.
    """

    evidence: Evidence
    measured: bool
    healthy: bool
    bottlenecks: tuple[Bottleneck, ...]
    fix: Fix | NoFix | None


def diagnose(evidence: Evidence) -> Diagnosis:
    """Return the verdict; it proposes nothing that the evidence does not support."""
    measured = bool(evidence.metrics or evidence.spans or evidence.patterns or evidence.targets)
    found = bottlenecks(evidence)
    healthy = measured and _is_healthy(evidence, found)
    if healthy:
        fix: Fix | NoFix | None = None
    elif found:
        fix = _possible(choose(evidence, found[0]), evidence)
    elif not measured:
        fix = NoFix("Nothing was measured, so there is nothing to go by.")
    else:
        fix = NoFix("Nothing that was measured says why. Look at its traces and logs by hand.")
    return Diagnosis(evidence, measured, healthy, found, fix)


def _possible(fix: Fix | NoFix, evidence: Evidence) -> Fix | NoFix:
    if not isinstance(fix, Fix) or evidence.remedies is None or fix.operation in evidence.remedies:
        return fix
    return NoFix(
        f"This would help: {fix.title}. {fix.why} No tool here does `{fix.operation}`, so it is left "
        "to you."
    )


def _is_healthy(evidence: Evidence, found: tuple[Bottleneck, ...]) -> bool:
    if any(one.kind in _NEVER_WELL for one in found):
        return False
    if evidence.own_targets:
        return not evidence.missed
    errors = measure(evidence, "error_rate")
    if errors is not None and errors.mean >= _WELL_BELOW_PERCENT:
        return False
    if evidence.setting.healthy is not None:
        return evidence.setting.healthy
    return all(one.kind is Kind.OWN for one in found)
