"""Slack's own streams, call by call: a message that grows while it is read. Each call keeps Slack's pace."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.kit import Block
from blocks.thread import Urgency
from handlers.outbox import Outbox, marked
from handlers.pacing import Lane
from handlers.troubles import NETWORK, understand
from opstream.domain.conversation import Place

log = structlog.get_logger(__name__)
LONGEST_STREAM: Final = timedelta(minutes=4)
"""Slack ends a stream after about five minutes, also one that is appended to."""


class NativeStreams:
    """Begins, continues and ends streams; patient with 429, and with nothing else.

    Args:
        client: Of the workspaces.
        outbox: Whose pace is kept.
        team: Gives the id of the workspace at home.
    """

    def __init__(
        self, client: AsyncWebClient, outbox: Outbox, team: Callable[[], Awaitable[str]]
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._team = team

    async def begin(self, place: Place, person: str, text: str) -> str:
        """Begin a message in a thread, and return its ts; errors as the client's.

        Args:
            place: The thread.
            person: Who is answered.
            text: The first words, in markdown.
        """
        team = place.workspace or await self._team()
        answer = await self._patiently(
            self._outbox.pacing.starts,
            lambda: self._client.chat_startStream(
                channel=place.channel,
                thread_ts=place.thread or "",
                markdown_text=text,
                recipient_user_id=person,
                recipient_team_id=team,
            ),
        )
        return str(answer["ts"])

    async def append(self, channel: str, ts: str, text: str) -> None:
        """Say more; errors as the client's."""
        await self._patiently(
            self._outbox.pacing.appends,
            lambda: self._client.chat_appendStream(channel=channel, ts=ts, markdown_text=text),
        )

    async def end(
        self, channel: str, ts: str, text: str = "", blocks: Sequence[Block] = (), key: str = ""
    ) -> None:
        """End a message with its last words, and with what stands below them; errors as the client's."""
        more: dict[str, Any] = {"markdown_text": text} if text else {}
        if blocks:
            more["blocks"] = list(blocks)
        await self._patiently(
            self._outbox.pacing.ends,
            lambda: self._client.chat_stopStream(channel=channel, ts=ts, **more, **marked(key)),
        )

    async def leave(self, channel: str, ts: str) -> None:
        """End a message as it is; one that has ended already, or cannot be reached, ends by itself."""
        try:
            await self.end(channel, ts)
        except (SlackApiError, *NETWORK) as error:
            log.info("stream_not_stopped", reason=reason(error))

    async def _patiently(self, lane: Lane, call: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # what slack_sdk gives
        while True:
            await lane.turn(Urgency.DECISION)
            try:
                return await call()
            except SlackApiError as error:
                self._outbox.wait_if_told(lane, error)


def reason(error: Exception) -> str:
    """Return a word for what went wrong."""
    return understand(error).code if isinstance(error, SlackApiError) else type(error).__name__
