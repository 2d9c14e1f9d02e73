"""Ask the database until it answers: what a run under way holds in memory must outlive a lock."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import structlog

from opstream.errors import StoreUnavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")

_FIRST_WAIT = timedelta(milliseconds=250)
_LONGEST_WAIT = timedelta(seconds=10)


async def insist(run_id: str, ask: Callable[[], Awaitable[T]]) -> T:
    """Return what the database says, however often it has to be asked.

    Giving up would cancel the calls of the run that are under way, and forget the outcome of those
    that have ended: a person would have to clear up what is known very well.
    """
    wait = _FIRST_WAIT
    while True:
        try:
            return await ask()
        except StoreUnavailable as error:
            seconds = wait.total_seconds()
            log.warning("run_waits_for_store", run=run_id, reason=str(error), seconds=seconds)
        await asyncio.sleep(wait.total_seconds())
        wait = min(wait * 2, _LONGEST_WAIT)
