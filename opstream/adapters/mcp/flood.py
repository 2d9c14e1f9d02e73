"""Lets through a bounded stream of what may come without end, and says once in a while how much it held back."""

import time

import structlog

log = structlog.get_logger(__name__)


class Flood:
    """So many a second, with a stock for a short burst."""

    def __init__(self, name: str, per_second: float = 20.0, burst: float = 100.0) -> None:
        self._name = name
        self._per_second = per_second
        self._burst = burst
        self._stock = burst
        self._since = time.monotonic()
        self._held_back = 0

    def lets_through(self) -> bool:
        """Return whether one more may pass."""
        now = time.monotonic()
        self._stock = min(self._burst, self._stock + (now - self._since) * self._per_second)
        self._since = now
        if self._stock < 1:
            self._held_back += 1
            return False
        self._stock -= 1
        if self._held_back:
            log.warning("flood_held_back", of=self._name, messages=self._held_back)
            self._held_back = 0
        return True
