"""Time that passes only when a test says so."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Moments:
    """A clock, and a `sleep` that returns when the clock has come far enough."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []
        self._changed = asyncio.Condition()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        wakes = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + timedelta(seconds=seconds), wakes))
        async with self._changed:
            self._changed.notify_all()
        await wakes

    async def asleep(self, count: int = 1) -> float:
        """Wait until so many sleep, and return how long until the first of them wakes."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self._waiting()) >= count)
        return (min(wakes for wakes, _ in self._waiting()) - self._now).total_seconds()

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and wake whoever slept until then."""
        self._now += timedelta(seconds=seconds)
        for wakes, sleeper in self._waiting():
            if wakes <= self._now:
                sleeper.set_result(None)

    def _waiting(self) -> list[tuple[datetime, asyncio.Future[None]]]:
        self._sleepers = [one for one in self._sleepers if not one[1].done()]
        return self._sleepers
