"""An event loop in a thread of its own: async code for programs that are not, or have another loop."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from opstream.errors import BadInput

T = TypeVar("T")


class LoopThread:
    """Runs coroutines for callers of any kind, also in notebooks, where a loop is running already."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="opstream", daemon=True)
        self._thread.start()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine, and raise what it raises; Ctrl+C cancels it."""
        self._refuse_what_cannot_end(doing)
        future = asyncio.run_coroutine_threadsafe(doing, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    async def arun(self, doing: Coroutine[Any, Any, T]) -> T:
        """Await a coroutine of this loop in another one."""
        self._refuse_what_cannot_end(doing)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, self._loop))

    def stop(self) -> None:
        """End the loop and its threads, once what ran in it has ended."""
        for doing in (self._loop.shutdown_asyncgens(), self._loop.shutdown_default_executor()):
            asyncio.run_coroutine_threadsafe(doing, self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _refuse_what_cannot_end(self, doing: Coroutine[Any, Any, T]) -> None:
        """Refuse a call that would wait for itself, or for nobody."""
        if self._loop.is_closed():
            doing.close()
            raise BadInput("This engine is closed. Make another `WorkflowEngine`.")
        if threading.current_thread() is self._thread:
            doing.close()
            raise BadInput(
                "An operation or callback of the engine cannot wait for the engine. Let the workflow "
                "do it, such as with a step `run`."
            )
