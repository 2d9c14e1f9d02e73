"""Events on their way to the app: kept until acknowledged, tried again as Slack does, then dropped.

Source: docs.slack.dev/apis/events-api, "Error handling": nearly at once, after a minute, after five minutes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from opstream.playground.slack.delivery import Acknowledged, Retry, Silence, SocketMode
from opstream.playground.slack.hub import BotEvent, event_from_row
from opstream.playground.slack.store import Store

RETRY_SECONDS = (0.0, 60.0, 300.0)
STALE_SECONDS = 3600.0  # an answer to what was said longer ago would only surprise


class EventQueue:
    """Every event is a task of its own; an app that is away gets them when it is back."""

    def __init__(self, sockets: SocketMode, store: Store, retry_seconds: Sequence[float]) -> None:
        self._sockets = sockets
        self._store = store
        self._retry_seconds = tuple(retry_seconds)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> int:
        """How many events the app has not acknowledged yet."""
        return len(self._tasks)

    def resume(self, now: float) -> None:
        """Take up the events that an earlier process has left, unless they are too old."""
        for event_id, data in self._store.read("event"):
            event = event_from_row(event_id, data)
            if now - event.time > STALE_SECONDS:
                self._forget(event)
            else:
                self.send(event)

    def send(self, event: BotEvent) -> None:
        """Deliver an event, now or, if it is durable, as soon as the app is connected."""
        if not event.durable and self._sockets.count == 0:
            return
        task = asyncio.get_running_loop().create_task(self._deliver(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop; what is durable stays on disk for the next time."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, event: BotEvent) -> None:
        reason = "timeout" if event.attempt else ""
        while True:
            await self._sockets.wait_for_connection()
            retry = Retry(event.attempt, reason)
            outcome = await self._sockets.deliver("events_api", event.payload, retry=retry)
            if outcome is Silence.UNREACHABLE:
                continue
            spent = event.attempt >= len(self._retry_seconds)
            if isinstance(outcome, Acknowledged) or spent:
                self._forget(event)
                return
            reason = "timeout" if outcome is Silence.TIMEOUT else outcome.value
            wait = self._retry_seconds[event.attempt] if outcome is Silence.TIMEOUT else 0.0
            event = self._count(event)
            await asyncio.sleep(wait)

    def _count(self, event: BotEvent) -> BotEvent:
        event = replace(event, attempt=event.attempt + 1)
        if event.durable:
            self._store.write([event.row()])
        return event

    def _forget(self, event: BotEvent) -> None:
        if event.durable:
            self._store.write([("event", event.id, None)])
