"""How fast a server is called, and when it is left alone for a while: decides, and waits only for its turn."""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from datetime import timedelta

from opstream.adapters.mcp.settings import Breaker, Rate
from opstream.errors import OperationFailed

_COUNTING = frozenset({"unavailable", "timeout", "error"})
"""Kinds of failures that say something about the server; a refusal is an answer."""


class Pace:
    """Lets through so many calls within a stretch of time; the others wait for their turn, in order."""

    def __init__(self, rate: Rate | None, now: Callable[[], float]) -> None:
        self._rate = rate
        self._now = now
        self._begun: deque[float] = deque()
        self._turn = asyncio.Lock()

    def wait_seconds(self) -> float:
        """Return how long the next call has to wait; 0 when it may go."""
        if self._rate is None:
            return 0.0
        per = self._rate.per.total_seconds()
        while self._begun and self._begun[0] <= self._now() - per:
            self._begun.popleft()
        if len(self._begun) < self._rate.count:
            return 0.0
        return self._begun[0] + per - self._now()

    async def turn(self) -> None:
        """Wait until one more call may go, and count it."""
        if self._rate is None:
            return
        async with self._turn:
            if (
                wait := self.wait_seconds()
            ) > 0:  # whoever holds the turn is the only one who counts
                await asyncio.sleep(wait)
            self._begun.append(self._now())


class Circuit:
    """Closed: calls are made. Open: they fail at once. After the rest one is tried, and decides."""

    def __init__(self, name: str, breaker: Breaker, now: Callable[[], float]) -> None:
        self._name = name
        self._breaker = breaker
        self._now = now
        self._failures = 0
        self._open_until = -math.inf
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether calls fail at once."""
        most = self._breaker.failures
        return most is not None and self._failures >= most

    @property
    def sentence(self) -> str:
        """Say that calls fail at once, and until when; '' while they are made."""
        if not self.is_open:
            return ""
        left = math.ceil(max(0.0, self._open_until - self._now()))
        then = f"in {left} s one is tried" if left else "the next one is tried"
        return f"`{self._name}` failed {self._failures} times in a row, so calls fail at once for now; {then}."

    def enter(self) -> None:
        """Let a call pass.

        Raises:
            OperationFailed: it is open; nothing was called.
        """
        if not self.is_open:
            return
        left = self._open_until - self._now()
        if left > 0 or self._trying:
            wait = timedelta(seconds=max(left, 1.0))
            raise OperationFailed(self.sentence, kind="unavailable", retry_after=wait)
        self._trying = True

    def succeeded(self) -> None:
        """Note that the server answered, be it with a refusal."""
        self._failures = 0
        self._trying = False

    def failed(self, kind: str) -> None:
        """Note that a call failed."""
        if kind not in _COUNTING:
            self.succeeded()
            return
        self._failures += 1
        self._trying = False
        if self.is_open:
            self._open_until = self._now() + self._breaker.rest.total_seconds()

    def given_up(self) -> None:
        """Note that a call was cancelled: it says nothing about the server."""
        self._trying = False
