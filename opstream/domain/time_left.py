"""An estimate with its uncertainty."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long something still takes: likely, and from `low` to `high` nine times out of ten."""

    likely: timedelta
    low: timedelta
    high: timedelta
