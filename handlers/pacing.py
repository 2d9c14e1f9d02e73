"""How fast we may talk to Slack: one lane a channel for posts, and one a workspace for all posts, edits, reads.

A lane is a token bucket with a queue in front: whoever is more urgent goes first, equals in order.
Source of the figures: docs.slack.dev/apis/web-api/rate-limits (a post a second a channel, several hundred
a minute a workspace; Tier 3).
"""

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count

from opstream.ports import Clock

Sleep = Callable[[float], Awaitable[None]]
_LANES_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second from then on."""

    burst: float
    a_second: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What Slack grants, with a little room left for what does not go through a lane."""

    posts: Rate = Rate(4, 1.0)
    edits: Rate = Rate(20, 50 / 60)
    reads: Rate = Rate(20, 45 / 60)
    all_posts: Rate = Rate(40, 250 / 60)
    starts: Rate = Rate(10, 18 / 60)  # Tier 2, for the starts of streams and for their ends
    appends: Rate = Rate(50, 90 / 60)  # Tier 4


class Lane:
    """Lets callers through one by one, the most urgent first."""

    def __init__(self, rate: Rate, clock: Clock, sleep: Sleep) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._tokens = rate.burst
        self._filled_at = clock.now().timestamp()
        self._closed_until = 0.0
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._server: asyncio.Task[None] | None = None

    async def turn(self, urgency: int) -> None:
        """Return when it is the caller's turn."""
        if not self._queue and self._wait_seconds() <= 0:
            self._tokens -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (urgency, next(self._numbers), turn))
        if self._server is None or self._server.done():
            self._server = asyncio.create_task(self._serve())
        await turn

    def close(self, seconds: float) -> None:
        """Let nobody through for a while, because Slack said so."""
        self._tokens = 0.0
        self._closed_until = max(self._closed_until, self._clock.now().timestamp() + seconds)

    @property
    def at_rest(self) -> bool:
        """Whether nobody waits and nothing is owed."""
        return not self._queue and self._wait_seconds() <= 0 and self._tokens >= self._rate.burst

    async def _serve(self) -> None:
        while self._queue:
            wait = self._wait_seconds()
            if wait > 0:
                await self._sleep(wait)
                continue
            _, _, turn = heapq.heappop(self._queue)
            if not turn.done():  # whoever waited may have been cancelled
                self._tokens -= 1
                turn.set_result(None)

    def _wait_seconds(self) -> float:
        now = self._clock.now().timestamp()
        if now < self._closed_until:
            self._filled_at = self._closed_until
            return self._closed_until - now
        passed = max(0.0, now - self._filled_at)
        self._filled_at = max(self._filled_at, now)
        self._tokens = min(self._rate.burst, self._tokens + passed * self._rate.a_second)
        # A hair less than a whole token counts: floats must not make anybody wait for nothing.
        return 0.0 if self._tokens >= 1 - 1e-9 else (1 - self._tokens) / self._rate.a_second


class PostLane:
    """Posts to one channel: through the channel's lane, then through that of the whole workspace."""

    def __init__(self, channel: Lane, workspace: Lane) -> None:
        self._channel = channel
        self._workspace = workspace

    async def turn(self, urgency: int) -> None:
        """Return when it is the caller's turn."""
        await self._channel.turn(urgency)
        await self._workspace.turn(urgency)

    def close(self, seconds: float) -> None:
        """Let nobody through for a while: Slack does not say which of the two limits was met."""
        self._channel.close(seconds)
        self._workspace.close(seconds)

    @property
    def at_rest(self) -> bool:
        """Whether nobody waits for the channel and nothing is owed."""
        return self._channel.at_rest


class Pacing:
    """All lanes of a workspace."""

    def __init__(
        self, clock: Clock, rates: Rates | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._rates = rates or Rates()
        self._sleep = sleep
        self._posts: OrderedDict[str, PostLane] = OrderedDict()
        self._all_posts = Lane(self._rates.all_posts, clock, sleep)
        self.edits = Lane(self._rates.edits, clock, sleep)
        self.reads = Lane(self._rates.reads, clock, sleep)
        self.starts = Lane(self._rates.starts, clock, sleep)
        self.ends = Lane(self._rates.starts, clock, sleep)
        self.appends = Lane(self._rates.appends, clock, sleep)

    def posts(self, channel: str) -> PostLane:
        """Return the lane for posts to a channel."""
        lane = self._posts.pop(channel, None) or self._new_lane()
        self._posts[channel] = lane
        if len(self._posts) > _LANES_KEPT:
            self._forget_one()
        return lane

    def _new_lane(self) -> PostLane:
        return PostLane(Lane(self._rates.posts, self._clock, self._sleep), self._all_posts)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._sleep(seconds)

    async def pause(self, seconds: float, news: asyncio.Event) -> None:
        """Wait for a while, or until there is news."""
        pause = asyncio.ensure_future(self._sleep(seconds))
        heard = asyncio.ensure_future(news.wait())
        try:
            await asyncio.wait({pause, heard}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()
            heard.cancel()

    def _forget_one(self) -> None:
        for channel, lane in self._posts.items():
            if lane.at_rest:
                del self._posts[channel]
                return
