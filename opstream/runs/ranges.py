"""From a few durations to the range in which the next one falls nine times out of ten. Pure.

With twenty durations and more the range lies between two of them, interpolated: whatever the distribution,
the next of n exchangeable values falls below the k-th smallest with a chance of k / (n + 1). With fewer,
Student's t on their logarithms, as durations are skewed.

Source: Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World" (conformal prediction);
Hahn, Meeker, "Statistical Intervals", ch. 4 (prediction intervals, normal distribution).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

ENOUGH = 2
"""Fewer durations say nothing about the next one."""

_BY_RANK_FROM = 20
_TAIL = 0.05
# Student's t at 0.95 for 1, 2, 3 … degrees of freedom.
_T = (
    *(6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833),
    *(1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746, 1.740, 1.734),
)
_FURTHEST = 20.0  # so many times the longest: two durations far apart would allow for years


@dataclass(frozen=True, slots=True)
class Range:
    """Seconds: likely, and from `low` to `high` nine times out of ten."""

    likely: float
    low: float
    high: float


def of(seconds: Sequence[float]) -> Range:
    """Return the range of the next duration; `seconds` are at least `ENOUGH`."""
    ordered = sorted(seconds)
    if ordered[0] == ordered[-1]:
        return Range(ordered[0], ordered[0], ordered[0])
    if len(ordered) >= _BY_RANK_FROM:
        return Range(median(ordered), _ranked(ordered, _TAIL), _ranked(ordered, 1 - _TAIL))
    return _by_logarithms(ordered)


def _ranked(ordered: Sequence[float], chance: float) -> float:
    """Return the value below which the next one falls with a chance."""
    rank = min(max(chance * (len(ordered) + 1) - 1, 0.0), len(ordered) - 1.0)
    below = min(int(rank), len(ordered) - 2)
    share = rank - below
    return ordered[below] * (1 - share) + ordered[below + 1] * share


def _by_logarithms(ordered: Sequence[float]) -> Range:
    # Moved a little away from zero, where logarithms have no floor.
    moved = 0.01 + 0.02 * median(ordered)
    logs = [math.log(one + moved) for one in ordered]
    count, middle = len(logs), fmean(logs)
    reach = _T[count - 2] * stdev(logs) * math.sqrt(1 + 1 / count)
    furthest = math.log(_FURTHEST * ordered[-1] + moved)
    return Range(
        likely=median(ordered),
        low=max(0.0, math.exp(middle - reach) - moved),
        high=math.exp(min(middle + reach, furthest)) - moved,
    )
