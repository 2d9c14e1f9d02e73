import asyncio
from datetime import timedelta

from tests.contracts.stories import NOON, later


async def test_a_delivery_is_new_once(database):
    assert await database.deliveries.first_time("Ev1", NOON)
    assert not await database.deliveries.first_time("Ev1", later(5))
    assert await database.deliveries.first_time("Ev2", NOON)


async def test_of_50_equal_deliveries_at_once_one_is_new(database):
    news = await asyncio.gather(*(database.deliveries.first_time("Ev1", NOON) for _ in range(50)))

    assert sum(news) == 1


async def test_a_delivery_is_remembered_for_days_and_not_for_ever(database):
    await database.deliveries.first_time("Ev1", NOON)

    assert not await database.deliveries.first_time("Ev1", NOON + timedelta(days=6))
    assert await database.deliveries.first_time("Ev1", NOON + timedelta(days=8))
