"""What models cost: in a while, today against the budgets, and by a run."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from opstream.domain.person import Person
from opstream.domain.spending import Models, ModelsToday, Spending
from opstream.ports import Clock, UsageStore
from opstream.ports.results import ResultStore


class Costs:
    """Adds up what was spent, and what was saved.

    Args:
        models: Tells how the models of this process stand.
    """

    def __init__(
        self, usage: UsageStore, results: ResultStore, models: Callable[[], Models], clock: Clock
    ) -> None:
        self._usage = usage
        self._results = results
        self._models = models
        self._clock = clock

    async def since(self, begin: datetime) -> Spending:
        """Return what models took since a time; calls that were saved count by whole days, UTC.

        Raises:
            StoreUnavailable: nobody knows now.
        """
        by_model, saved = await asyncio.gather(
            self._usage.by_model(begin), self._results.saved(begin)
        )
        return Spending(by_model, saved)

    async def today(self, *, by: Person) -> ModelsToday:
        """Return how models stand, and what they took since midnight UTC.

        Raises:
            StoreUnavailable: nobody knows what was spent.
        """
        now = self._clock.now()
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        everybody, mine = await asyncio.gather(
            self._usage.spent(since=midnight), self._usage.spent(since=midnight, person=by.id)
        )
        return ModelsToday(now, self._models(), everybody, mine)
