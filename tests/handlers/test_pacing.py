"""Lanes: how fast, and who goes first."""

import asyncio

from handlers.pacing import Lane, Pacing, Rate, Rates
from tests.handlers.moments import Moments


def lane(time: Moments, burst: float = 2, a_second: float = 1) -> Lane:
    return Lane(Rate(burst, a_second), time, time.sleep)


async def test_a_burst_goes_through_at_once_and_the_rest_one_a_second():
    time = Moments()
    one = lane(time)
    passed = []

    async def go(name: str) -> None:
        await one.turn(1)
        passed.append(name)

    tasks = [asyncio.create_task(go(name)) for name in "abcd"]
    assert await time.asleep() == 1
    assert passed == ["a", "b"]
    time.pass_by(1)
    assert await time.asleep() == 1
    assert passed == ["a", "b", "c"]
    time.pass_by(1)
    await asyncio.gather(*tasks)
    assert passed == ["a", "b", "c", "d"]


async def test_the_urgent_go_first_and_equals_in_order():
    time = Moments()
    one = lane(time, burst=1)
    await one.turn(0)
    passed = []

    async def go(name: str, urgency: int) -> None:
        await one.turn(urgency)
        passed.append(name)

    tasks = [
        asyncio.create_task(go(name, urgency))
        for name, urgency in (("p1", 3), ("card", 2), ("yes", 0), ("p2", 3))
    ]
    for _ in tasks:
        await time.asleep()
        time.pass_by(1)
    await asyncio.gather(*tasks)

    assert passed == ["yes", "card", "p1", "p2"]


async def test_a_closed_lane_lets_nobody_through_until_it_opens():
    time = Moments()
    one = lane(time)
    one.close(30)
    waiting = asyncio.create_task(one.turn(0))

    assert await time.asleep() == 30
    time.pass_by(30)
    assert await time.asleep() == 1
    time.pass_by(1)
    await waiting


async def test_whoever_gave_up_waiting_takes_no_turn():
    time = Moments()
    one = lane(time, burst=1)
    await one.turn(0)
    gone, stays = (asyncio.create_task(one.turn(0)) for _ in range(2))
    await time.asleep()
    gone.cancel()

    time.pass_by(1)

    await stays
    assert gone.cancelled()


async def test_channels_do_not_wait_for_each_other():
    time = Moments()
    pacing = Pacing(time, Rates(posts=Rate(1, 1)), time.sleep)

    await pacing.posts("C1").turn(0)
    await pacing.posts("C2").turn(0)

    assert pacing.posts("C1") is pacing.posts("C1")


async def test_all_channels_together_post_no_faster_than_the_workspace_may():
    time = Moments()
    rates = Rates(posts=Rate(5, 1), all_posts=Rate(2, 1))
    pacing = Pacing(time, rates, time.sleep)
    await asyncio.gather(*(pacing.posts(f"C{n}").turn(0) for n in range(2)))

    third = asyncio.create_task(pacing.posts("C9").turn(0))

    assert await time.asleep() == 1
    time.pass_by(1)
    await third


async def test_a_refused_post_holds_up_its_channel_and_the_workspace():
    time = Moments()
    pacing = Pacing(time, Rates(), time.sleep)
    pacing.posts("C1").close(7)

    other = asyncio.create_task(pacing.posts("C2").turn(0))

    assert await time.asleep() == 7
    time.pass_by(8)
    await other
