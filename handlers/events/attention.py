"""Showing that a sentence was heard while its answer takes longer than a moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.pacing import Sleep
from handlers.payloads import Heard
from handlers.troubles import NETWORK

log = structlog.get_logger(__name__)
A_MOMENT_SECONDS = 1.0
_STATUS = "is looking into it…"


@asynccontextmanager
async def attentive(heard: Heard, client: AsyncWebClient, sleep: Sleep) -> AsyncIterator[None]:
    """Show in the thread that an answer is on its way, once that takes longer than a moment."""
    shown = asyncio.Event()
    showing = asyncio.create_task(_show_soon(heard, client, sleep, shown))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        if shown.is_set():
            await _show(heard, client, "")


async def _show_soon(
    heard: Heard, client: AsyncWebClient, sleep: Sleep, shown: asyncio.Event
) -> None:
    await sleep(A_MOMENT_SECONDS)
    shown.set()
    await _show(heard, client, _STATUS)


async def _show(heard: Heard, client: AsyncWebClient, status: str) -> None:
    try:
        await client.assistant_threads_setStatus(
            channel_id=heard.place.channel, thread_ts=heard.place.thread or heard.ts, status=status
        )
    except (SlackApiError, *NETWORK) as error:  # the answer itself counts, not this line
        log.info("status_not_shown", error=type(error).__name__)
