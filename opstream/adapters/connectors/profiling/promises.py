"""How a promise is kept, in words: with its numbers, or as the tool told it when it gave none."""

from opstream.adapters.connectors.profiling.evidence import Target
from opstream.adapters.connectors.profiling.words import amount, cut

_LONGEST = 200


def actual(target: Target) -> str:
    """Return what was measured; empty when the tool gave no number."""
    return "" if target.actual is None else amount(target.actual, target.unit)


def compared(target: Target) -> str:
    """Return what was measured against what was promised, as a clause."""
    if target.actual is None or target.target is None:
        return cut(target.objective or target.name, _LONGEST)
    name = "p99" if target.name == "latency" else target.name or target.objective
    return f"{name} {actual(target)} against a target of {amount(target.target, target.unit)}"


def told(target: Target) -> str:
    """Return the promise and how it is kept, without saying anything twice."""
    if target.actual is None or target.target is None:
        return compared(target)
    wanted = amount(target.target, target.unit)
    return f"{target.objective}: {actual(target)} against a target of {wanted}"
