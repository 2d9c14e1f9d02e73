import asyncio

from opstream.ports import Kind
from tests.contracts.stories import NOON, later


async def test_a_delivery_is_new_once(database):
    assert await database.deliveries.first_time("Ev1", NOON)
    assert not await database.deliveries.first_time("Ev1", later(5))
    assert await database.deliveries.first_time("Ev2", NOON)


async def test_of_50_equal_deliveries_at_once_one_is_new(database):
    news = await asyncio.gather(*(database.deliveries.first_time("Ev1", NOON) for _ in range(50)))

    assert sum(news) == 1


async def test_a_delivery_is_remembered_until_its_time_is_over(database):
    await database.deliveries.first_time("Ev1", NOON)

    assert await database.retained.remove(Kind.DELIVERIES, NOON, 10, NOON) == 0
    assert not await database.deliveries.first_time("Ev1", NOON)
    assert await database.retained.remove(Kind.DELIVERIES, later(1), 10, NOON) == 1
    assert await database.deliveries.first_time("Ev1", NOON)


async def test_what_was_noted_is_found_by_its_beginning(database):
    for key in ("a/", "a/r2", "a/r1", "a", "b/r1", "a%/r1"):
        await database.deliveries.first_time(key, NOON)

    assert await database.deliveries.noted("a/") == ["a/", "a/r1", "a/r2"]
    assert await database.deliveries.noted("c") == []
