"""Waiting for what other processes do: they tell nobody when they have done it."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], every: float = 0.05) -> None:
    """Return as soon as a condition holds, looked at every so many seconds."""
    while not condition():  # noqa: ASYNC110 - it happens in another process
        await asyncio.sleep(every)
