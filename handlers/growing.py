"""The messages of one run that grow while they are read: by a stream of Slack, as long as that lives.

A stream takes only what is new. Where the text began anew, where the stream is old, or dies, or is refused,
the message is edited from then on: an edit says all of it, so nothing is lost. Which message a stream
became is noted before anything is added to it; before that, it is known by its first words.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError

from blocks.kit import Message
from blocks.thread import Part
from handlers.native import LONGEST_STREAM, NativeStreams, reason
from handlers.troubles import NETWORK, Kind, understand
from opstream.domain.conversation import Place, Posting
from opstream.ports import Clock

log = structlog.get_logger(__name__)
_BEGUN: Final = "stream:"


@dataclass(slots=True)
class _Stream:
    """A message while it grows: what it says so far, and when it began."""

    ts: str
    said: str
    began_at: datetime


class Growing:
    """Keeps the streams of one run.

    Args:
        native: Slack's streams.
        clock: Says how old a stream is.
    """

    def __init__(self, native: NativeStreams, clock: Clock) -> None:
        self._native = native
        self._clock = clock
        self._streams: dict[str, _Stream] = {}
        self._refused = False

    def takes(self, part: Part, place: Place) -> bool:
        """Return whether to begin a part as a stream."""
        return bool(part.grows) and place.thread is not None and not self._refused

    async def begin(self, part: Part, place: Place, person: str) -> str | None:
        """Begin a part as a stream; return its ts, or None where Slack takes no stream.

        Raises:
            SlackApiError: Slack has a bad moment; it may stand there all the same.
        """
        try:
            ts = await self._native.begin(place, person, part.grows)
        except SlackApiError as error:
            if understand(error).kind is Kind.TRY_AGAIN:
                raise
            log.info("stream_not_begun", reason=reason(error))
            self._refused = True
            return None
        self._streams[part.key] = _Stream(ts, part.grows, self._clock.now())
        return ts

    async def bring(self, part: Part, posting: Posting) -> bool:
        """Bring a message to what it shall say; return False where it has to be edited."""
        stream = self._streams.get(part.key)
        if stream is None or stream.ts != posting.ts:
            return False
        if part.grows and part.grows.startswith(stream.said) and not self._is_old(stream):
            return await self._append(part, posting, stream)
        del self._streams[part.key]
        if not part.grows and _text(part.message).startswith(stream.said):
            return await self._end(part.message, posting, stream)
        await self._native.leave(posting.place.channel, stream.ts)
        return False

    async def _append(self, part: Part, posting: Posting, stream: _Stream) -> bool:
        more = part.grows[len(stream.said) :]
        if not more:
            return True
        try:
            await self._native.append(posting.place.channel, stream.ts, more)
        except (SlackApiError, *NETWORK) as error:
            log.info("stream_cut", reason=reason(error))
            del self._streams[part.key]
            await self._native.leave(posting.place.channel, stream.ts)
            return False
        stream.said = part.grows
        return True

    async def _end(self, message: Message, posting: Posting, stream: _Stream) -> bool:
        more, below = _text(message)[len(stream.said) :], message.blocks[1:]
        try:
            await self._native.end(posting.place.channel, stream.ts, more, below, posting.key)
        except (SlackApiError, *NETWORK) as error:
            log.info("stream_not_stopped", reason=reason(error))
            return False
        return True

    def _is_old(self, stream: _Stream) -> bool:
        return self._clock.now() - stream.began_at >= LONGEST_STREAM


def begun(text: str) -> str:
    """Return the digest of a message that is begun with these words, while nobody knows whether it was."""
    return _BEGUN + hashlib.sha256(_letters(text).encode()).hexdigest()[:16]


def is_begun(posting: Posting) -> bool:
    """Return whether a message may have been begun as a stream, so that it has no key of ours yet."""
    return posting.ts is None and posting.digest.startswith(_BEGUN)


def began_as(posting: Posting, message: Mapping[str, Any]) -> bool:
    """Return whether a message as Slack gives it has the first words of one that was begun."""
    blocks = (one for one in message.get("blocks") or () if isinstance(one, Mapping))
    said = [str(message.get("text") or ""), *(str(one.get("text") or "") for one in blocks)]
    return posting.digest in {begun(one) for one in said if one}


def _letters(text: str) -> str:
    """Return letters and digits alone: Slack may write the marks between them another way."""
    return "".join(one for one in text if one.isalnum())


def _text(message: Message) -> str:
    """Return the markdown that a message begins with, '' for one that begins otherwise."""
    first = message.blocks[0] if message.blocks else {}
    return str(first.get("text")) if first.get("type") == "markdown" else ""
