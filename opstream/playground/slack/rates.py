"""How many calls Slack lets an app make, and what it says of one too many.

Token buckets: a method's bucket holds the calls of one minute of its tier and fills evenly; `chat.postMessage` has
a second one for each channel. A refused call costs nothing.

Source: docs.slack.dev/apis/web-api/rate-limits.
"""

import math
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum

from opstream.playground.slack.wire import Clock


class Tier(IntEnum):
    """Calls a minute that Slack grants at least."""

    ONE = 1
    TWO = 20
    THREE = 50
    FOUR = 100
    POSTS = 300  # "several hundred messages a minute" over the whole workspace
    SPECIAL = 600  # "special rate limits apply"


CHANNEL_POSTS_A_SECOND = 1.0
CHANNEL_BURST = 5


@dataclass(slots=True)
class Bucket:
    """Tokens that fill up again over time."""

    capacity: float
    a_second: float
    tokens: float
    filled_at: float

    def wait_seconds(self, now: float) -> float:
        """Fill up to now and return how long until there is a token; 0 when there is one."""
        passed = max(0.0, now - self.filled_at)
        self.tokens = min(self.capacity, self.tokens + passed * self.a_second)
        self.filled_at = now
        return max(0.0, (1.0 - self.tokens) / self.a_second)


class RateLimiter:
    """Remembers the calls of an app.

    Attributes:
        broken: How many calls came too early, by method.
        broken_again: How many of them although the call before was refused as well.
    """

    def __init__(self, clock: Clock) -> None:
        self.broken: Counter[str] = Counter()
        self.broken_again: Counter[str] = Counter()
        self._refused: set[str] = set()
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, method: str, tier: Tier, channel: str = "") -> int:
        """Count a call, or say after how many seconds to come again.

        Args:
            method: Name of the Web API method.
            tier: Its tier.
            channel: Where it posts to; '' for methods without a limit per channel.

        Returns:
            0 when the call is granted, else `Retry-After`, in whole seconds and never less than 1.
        """
        wait, place = self._take(method, tier, channel), f"{method}/{channel}"
        if wait:
            self.broken[method] += 1
            self.broken_again[method] += place in self._refused
            self._refused.add(place)
        else:
            self._refused.discard(place)
        return wait

    def _take(self, method: str, tier: Tier, channel: str) -> int:
        now = self._clock()
        wanted = [self._bucket(method, float(tier), tier / 60, now)]
        if channel:
            place = f"{method}/{channel}"
            wanted.append(self._bucket(place, CHANNEL_BURST, CHANNEL_POSTS_A_SECOND, now))
        wait = max(bucket.wait_seconds(now) for bucket in wanted)
        if wait > 0:
            return max(1, math.ceil(wait))
        for bucket in wanted:
            bucket.tokens -= 1
        return 0

    def _bucket(self, name: str, capacity: float, a_second: float, now: float) -> Bucket:
        return self._buckets.setdefault(name, Bucket(capacity, a_second, capacity, now))
