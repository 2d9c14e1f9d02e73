"""Slack's sessions of an agent: while we are at work in a thread, people see that and have a Stop button."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.wording import plain
from handlers.troubles import NETWORK, understand

log = structlog.get_logger(__name__)
_TITLE_LIMIT = 200


class Sessions:
    """Says whether we are at work; Slack does not find that out by itself."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    @asynccontextmanager
    async def at_work(self, channel: str, thread: str, title: str) -> AsyncIterator[None]:
        """Be at work in a thread; `title` is what the conversation is found by later."""
        await self._be("processing", channel, thread, title)
        try:
            yield
        finally:
            await self.rest(channel, thread)

    async def rest(self, channel: str, thread: str) -> None:
        """Tell Slack that nothing is under way in a thread, also after a crash in the middle of it."""
        await self._be("active", channel, thread)

    async def _be(self, status: str, channel: str, thread: str, title: str = "") -> None:
        try:
            await self._client.agents_sessions_setStatus(
                channel_id=channel,
                thread_ts=thread,
                status=status,
                title=plain(title, _TITLE_LIMIT) or None,
            )
        except (
            SlackApiError,
            *NETWORK,
        ) as error:  # not installed as an agent: no Stop, that is all
            code = understand(error).code if isinstance(error, SlackApiError) else "network"
            log.info("session_unknown", reason=code)
