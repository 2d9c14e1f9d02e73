"""How many people come: a gentle day, and chance that is the same each time one looks."""

import math
from hashlib import blake2b

PEOPLE_PER_SECOND = 100.0

_DAY = 86_400.0
_SWING = 0.03  # customers all over the world: the day has a gentle shape
_WOBBLE = 0.02
_GRID_SECONDS = 10.0


def chance(seed: int, *key: str | int) -> float:
    """Return a number in [0, 1) that depends on nothing but its arguments."""
    digest = blake2b(repr((seed, key)).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / (1 << 56)


def arrival_rate(at: float, seed: int) -> float:
    """Return the requests a second that reach web; quietest at 04:00 UTC, busiest at 16:00.

    Args:
        at: Seconds since 1970.
        seed: Chooses the noise, which is continuous in time.
    """
    day = math.sin(2.0 * math.pi * (at % _DAY - 10 * 3_600.0) / _DAY)
    cell = math.floor(at / _GRID_SECONDS)
    within = at / _GRID_SECONDS - cell
    left, right = chance(seed, "arrivals", cell), chance(seed, "arrivals", cell + 1)
    wobble = 2.0 * (left + (right - left) * within) - 1.0
    return PEOPLE_PER_SECOND * (1.0 + _SWING * day) * (1.0 + _WOBBLE * wobble)
