"""Long answers that arrive while they are made: streamed, and edited where Slack takes no stream.

A stream of Slack dies after about five minutes even while it is appended to, so it is handed over to edits before
that; an edit gives the whole text, so that it also sets right what a cut connection left open. A text
that is longer than a message goes on in the next one.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.kit import Message
from blocks.thread import Urgency
from handlers.native import LONGEST_STREAM, NativeStreams, reason
from handlers.outbox import Outbox
from handlers.pacing import Sleep
from handlers.sessions import Sessions
from handlers.troubles import NETWORK, understand
from opstream.domain.conversation import Place
from opstream.ports import Clock

log = structlog.get_logger(__name__)
MESSAGE_LIMIT = 11_000
_TRIES = 5


class Ending(Enum):
    """How an answer ended."""

    TOLD = auto()
    STOPPED = auto()  # by whoever listened


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told, and in which thread; `title` is what the conversation is about."""

    channel: str
    thread: str
    person: str
    title: str


@dataclass(slots=True)
class _Telling:
    """One message on its way: what it says so far, and whether it is still a stream."""

    channel: str
    ts: str
    said: str
    began_at: datetime
    streams: bool


class _Stopped(Exception):
    """Whoever listened pressed Stop."""


class Streams:
    """Tells long answers, and knows which are being told.

    Args:
        client: Of the workspaces.
        outbox: For what is posted and edited in place of a stream.
        clock: Says how old a stream is.
        team: Gives the id of the workspace at home.
        sleep: How to wait.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        outbox: Outbox,
        clock: Clock,
        team: Callable[[], Awaitable[str]],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.native = NativeStreams(client, outbox, team)
        self.sessions = Sessions(client)
        self._outbox = outbox
        self._clock = clock
        self._sleep = sleep
        self._told: dict[tuple[str, str], set[asyncio.Event]] = {}

    def stop(self, place: Place) -> bool:
        """Stop what is told in a thread, or to one person; return whether there was anything."""
        told = [
            one
            for (channel, thread), found in self._told.items()
            if channel == place.channel and (place.thread or (place.is_direct and thread)) == thread
            for one in found
        ]
        for one in told:
            one.set()
        return bool(told)

    async def tell(self, audience: Audience, pieces: AsyncIterator[str]) -> Ending:
        """Tell a text, piece by piece, in markdown; return how that ended.

        Raises:
            SlackApiError: nothing may be said there.
        """
        with self._listened(audience) as stopped:
            async with self.sessions.at_work(audience.channel, audience.thread, audience.title):
                return await self._tell(audience, pieces, stopped)

    async def _tell(
        self, audience: Audience, pieces: AsyncIterator[str], stopped: asyncio.Event
    ) -> Ending:
        telling: _Telling | None = None
        try:
            async for whole in pieces:
                for piece in _cut(whole):
                    if stopped.is_set():
                        return Ending.STOPPED
                    if telling is not None and len(telling.said) + len(piece) > MESSAGE_LIMIT:
                        await self._end(telling)
                        telling = None
                    telling = await self._say(audience, telling, piece)
        except _Stopped:
            return Ending.STOPPED
        finally:
            if telling is not None:
                await self._end(telling)
        return Ending.TOLD

    async def _say(self, audience: Audience, telling: _Telling | None, piece: str) -> _Telling:
        if telling is None:
            return await self._begin(audience, piece)
        telling.said += piece
        if telling.streams and self._clock.now() - telling.began_at >= LONGEST_STREAM:
            await self._hand_over(telling)
        elif not telling.streams or not await self._append(telling, piece):
            await self._edit(telling)
        return telling

    async def _begin(self, audience: Audience, piece: str) -> _Telling:
        place = Place(audience.channel, audience.thread)
        try:
            ts = await self.native.begin(place, audience.person, piece)
        except (SlackApiError, *NETWORK) as error:
            log.info("stream_not_begun", reason=reason(error))
            return await self._post(audience, piece)
        return _Telling(audience.channel, ts, piece, self._clock.now(), streams=True)

    async def _post(self, audience: Audience, piece: str) -> _Telling:
        place = Place(audience.channel, audience.thread)
        lane = self._outbox.pacing.posts(place.channel)
        while True:
            await lane.turn(Urgency.DECISION)
            try:
                channel, ts = await self._outbox.post(place, _message(piece))
            except SlackApiError as error:
                self._outbox.wait_if_told(lane, error)
            else:
                return _Telling(channel, ts, piece, self._clock.now(), streams=False)

    async def _append(self, telling: _Telling, piece: str) -> bool:
        """Append to a stream; return False when it has to be edited from now on.

        Raises:
            _Stopped: whoever listens pressed Stop.
        """
        try:
            await self.native.append(telling.channel, telling.ts, piece)
        except SlackApiError as error:
            if understand(error).code == "stopped_by_user":
                telling.streams = False
                raise _Stopped from error
            log.info("stream_cut", reason=understand(error).code)
        except NETWORK as error:
            log.info("stream_cut", reason=type(error).__name__)
        else:
            return True
        await self._stop_stream(telling)
        return False

    async def _hand_over(self, telling: _Telling) -> None:
        await self._stop_stream(telling)
        await self._edit(telling)

    async def _edit(self, telling: _Telling) -> None:
        """Make a message say all that was said, as often as it takes: an edit may be repeated."""
        edits = self._outbox.pacing.edits
        for tries in range(_TRIES):
            await edits.turn(Urgency.DECISION)
            try:
                await self._outbox.edit(telling.channel, telling.ts, _message(telling.said))
            except SlackApiError as error:
                if understand(error).code == "streaming_state_conflict":
                    await self._stop_stream(telling)
                    continue
                self._outbox.wait_if_told(edits, error)
            except NETWORK:
                await self._sleep(2.0**tries)
            else:
                return
        log.error("answer_not_told", channel=telling.channel)

    async def _end(self, telling: _Telling) -> None:
        if telling.streams:
            await self._stop_stream(telling)

    async def _stop_stream(self, telling: _Telling) -> None:
        """End a stream; one that has ended already, or cannot be reached, ends by itself."""
        telling.streams = False
        await self.native.leave(telling.channel, telling.ts)

    @contextmanager
    def _listened(self, audience: Audience) -> Iterator[asyncio.Event]:
        stopped, place = asyncio.Event(), (audience.channel, audience.thread)
        self._told.setdefault(place, set()).add(stopped)
        try:
            yield stopped
        finally:
            self._told[place].discard(stopped)
            if not self._told[place]:
                del self._told[place]


def _message(said: str) -> Message:
    return Message(said, ({"type": "markdown", "text": said},))


def _cut(piece: str) -> Iterator[str]:
    for start in range(0, len(piece), MESSAGE_LIMIT):
        yield piece[start : start + MESSAGE_LIMIT]
