"""Calls of functions that are not `async`: each in a thread of its own, so that none holds up the rest.

The threads end with the process. A pool would make it wait for a function that hangs.
"""

import asyncio
import threading
from collections.abc import Callable
from contextvars import copy_context

from opstream.domain.operation import Progress
from opstream.ports import ProgressListener


async def in_thread(function: Callable[[], object]) -> object:
    """Call a function in a thread and return what it returns, or raise what it raises.

    Cancelling stops the waiting, not the thread: what a function does then is nobody's to undo.
    """
    loop, context = asyncio.get_running_loop(), copy_context()
    ended: asyncio.Future[tuple[object, BaseException | None]] = loop.create_future()

    def settle(result: object, error: BaseException | None) -> None:
        if not ended.done():
            ended.set_result((result, error))  # not as an exception: a future refuses some

    def work() -> None:
        try:
            outcome = context.run(function), None
        except BaseException as error:  # noqa: BLE001  # raised again where it is awaited
            _tell(loop, settle, None, error)
        else:
            _tell(loop, settle, *outcome)

    threading.Thread(target=work, daemon=True).start()
    result, error = await ended
    if error is not None:
        raise error
    return result


def from_thread(listener: ProgressListener) -> ProgressListener:
    """Return a listener that may be called in any thread."""
    loop = asyncio.get_running_loop()

    def tell(progress: Progress) -> None:
        _tell(loop, listener, progress)

    return tell


def _tell(loop: asyncio.AbstractEventLoop, listener: Callable[..., object], *what: object) -> None:
    try:
        loop.call_soon_threadsafe(listener, *what)
    except RuntimeError:  # the loop is closed: nobody listens any more
        return
