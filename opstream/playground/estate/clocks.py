"""What time it is in the simulated estate: the time of the machine, or that in a file."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from opstream.playground.estate.windows import moment_of


def machine_time() -> datetime:
    """Return the time of the machine, to the millisecond."""
    return datetime.fromtimestamp(round(time.time(), 3), UTC)


def time_in(file: Path) -> Callable[[], datetime]:
    """Return a clock that shows whatever ISO 8601 time stands in a file when it is asked."""
    return lambda: moment_of(file.read_text(encoding="utf-8"), str(file))
