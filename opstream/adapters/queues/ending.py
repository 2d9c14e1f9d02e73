"""Ends tasks for good."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def end(tasks: Iterable[asyncio.Task[Any]], again_seconds: float = 1.0) -> None:
    """Cancel tasks and return when they are gone, however often that has to be said.

    Args:
        tasks: What is to end.
        again_seconds: How long a task may take to put away what it holds before it is told again.

    In Python 3.11 `asyncio.wait_for`, which database drivers wait with, swallows a cancellation that comes
    at the same moment as the answer; the task then goes on as if nothing had happened.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=again_seconds)
