import asyncio

import pytest

from opstream.ports import deadlines


async def pass_time(seconds):
    """Let real time go by, as only a limit that is broken can tell."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


async def spend(seconds, *, waiting):
    """Run into a limit, after a wait for a person that does not count."""
    async with deadlines.limit(seconds):
        async with deadlines.stopped(deadlines.current()):
            await waiting
        await asyncio.Event().wait()


async def test_a_limit_stands_still_while_a_person_is_waited_for_and_then_goes_on():
    waited = asyncio.Event()

    async def wait():
        async with deadlines.stopped(deadlines.current()):  # two questions at once
            await pass_time(0.1)
        waited.set()

    with pytest.raises(TimeoutError):
        await spend(0.05, waiting=wait())

    assert waited.is_set()


async def test_a_limit_that_is_not_stopped_is_kept():
    with pytest.raises(TimeoutError):
        async with deadlines.limit(0.01), deadlines.stopped(()):
            await asyncio.Event().wait()


async def test_a_place_is_free_while_a_person_is_waited_for_and_is_taken_back():
    places = asyncio.Semaphore(1)
    went_on = asyncio.Event()

    async def other():
        async with deadlines.place(places):
            await went_on.wait()

    async with deadlines.place(places):
        async with deadlines.stopped(deadlines.current()):
            task = asyncio.create_task(other())
            await asyncio.sleep(0)
            assert places.locked()
            went_on.set()
        assert places.locked()

    await task
    assert not places.locked()


async def test_who_is_cancelled_while_waiting_gives_no_place_back_twice():
    places = asyncio.Semaphore(1)

    async def waiting():
        async with deadlines.place(places), deadlines.stopped(deadlines.current()):
            await asyncio.Event().wait()

    task = asyncio.create_task(waiting())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await places.acquire()
    assert places.locked()
