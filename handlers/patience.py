"""The first calls to Slack at a start: patient with rate limits and with a network that is not there yet."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from handlers.pacing import Sleep
from handlers.troubles import NETWORK, Kind, Trouble, understand

log = structlog.get_logger(__name__)
_LONGEST_SECONDS = 60.0
_TRIES = 4

T = TypeVar("T")


async def patiently(call: Callable[[], Awaitable[T]], sleep: Sleep = asyncio.sleep) -> T:
    """Make a call that may safely be repeated, for at most a minute of waiting in all.

    Raises:
        SlackApiError: Slack refuses it, or asks for more patience than that.
        SlackClientError, aiohttp.ClientError, TimeoutError, OSError: no answer came, several times.
    """
    left, tries = _LONGEST_SECONDS, 0
    while True:
        try:
            return await call()
        except (SlackApiError, SlackClientError, *NETWORK) as error:
            trouble = _understood(error)
            tries += trouble.kind is Kind.TRY_AGAIN
            wait = _wait_seconds(trouble, tries)
            if wait is None or wait > left:
                raise
        log.warning("slack_waited_for", reason=trouble.code, seconds=wait)
        left -= wait
        await sleep(wait)


def _understood(error: Exception) -> Trouble:
    if isinstance(error, SlackApiError | SlackClientError):
        return understand(error)
    return Trouble(Kind.TRY_AGAIN, type(error).__name__)


def _wait_seconds(trouble: Trouble, tries: int) -> float | None:
    """Return how long to wait before the next try, None when there is to be none."""
    if trouble.kind is Kind.WAIT:
        return max(1.0, trouble.wait_seconds)
    if trouble.kind is Kind.TRY_AGAIN and tries < _TRIES:
        return float(2 ** (tries - 1))
    return None
