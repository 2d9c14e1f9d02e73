"""Rounds bring the dispatcher to what other processes wrote down, and go on when the database was away."""

import asyncio

from opstream.errors import StoreUnavailable
from opstream.notifications.rounds import Rounds
from tests.handlers.moments import Moments


class Dispatcher:
    """Notes when it is called; the first time the database is away."""

    def __init__(self):
        self.called = []
        self.again = asyncio.Event()

    async def tick(self, now):
        self.called.append(now)
        if len(self.called) == 1:
            raise StoreUnavailable("The database does not answer.")
        self.again.set()


async def test_it_looks_again_and_again_until_it_is_stopped():
    clock, dispatcher = Moments(), Dispatcher()
    rounds = Rounds(dispatcher, clock, sleep=clock.sleep)
    rounds.start()

    assert await clock.asleep() == 5
    clock.pass_by(5)
    await dispatcher.again.wait()
    await rounds.stop()

    first, second = dispatcher.called
    assert (second - first).total_seconds() == 5


async def test_rounds_that_never_began_can_be_stopped():
    await Rounds(Dispatcher(), Moments()).stop()
