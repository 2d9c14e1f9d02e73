"""Wait for a condition instead of for a time."""

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Give the event loop turns until something holds; the limit only ends a test that failed."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - it stands for any condition, not for one event
            await asyncio.sleep(0.001)
