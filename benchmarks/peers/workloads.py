"""The work that every engine gets, and the lines in which it is asked for; only Python's own library.

An engine offers four things (`Engine`); what is measured on top of them is the same code for all of
them. No two runs go in step: each begins a little later or earlier, and each step pauses for a time that
depends on nothing but the names of run and step, so that every engine has the very same pauses.
"""

import asyncio
import math
import zlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from time import perf_counter
from typing import Any, Protocol

from benchmarks import wishes

LONGEST_PAUSE_SECONDS = 0.002
LONGEST_DELAY_SECONDS = 0.05
_AT_ONCE = 500  # of thousands that are started, or woken


class Engine(Protocol):
    """What an engine does so that it can be measured."""

    async def durability(self) -> str:
        """Say how durable a commit is, as read back from a connection that the engine uses."""

    async def chain(self, run: str, steps: int, *, pauses: bool) -> None:
        """Run steps one after another; return when the end of the run is durable."""

    async def park(self, run: str) -> None:
        """Start a run that waits for a signal; return when it waits."""

    async def wake(self, run: str) -> float:
        """Send the signal; return when the run has ended, with the moment its next step began."""


async def pause(run: str, step: int) -> None:
    """Let a step take its time."""
    await asyncio.sleep(share(f"{run}:{step}") * LONGEST_PAUSE_SECONDS)


def share(name: str) -> float:
    """Return a number from 0 to 1 that is always the same for a name."""
    return zlib.crc32(name.encode()) / 2**32


async def chains(engine: Engine, *, runs: int, steps: int, pauses: bool) -> dict[str, Any]:
    """W1: many short runs at once; how many a second, and how long the slowest took."""
    began = perf_counter()

    async def one(run: str) -> float:
        if pauses:
            await asyncio.sleep(share(run) * LONGEST_DELAY_SECONDS)
        await engine.chain(run, steps, pauses=pauses)
        return perf_counter() - began

    took = await asyncio.gather(*(one(f"w1-{number}") for number in range(runs)))
    return {"per_second": runs / (perf_counter() - began), "p99_seconds": _p99(took)}


async def chain(engine: Engine, *, steps: int, pauses: bool) -> dict[str, Any]:
    """W2: one long run; steps a second."""
    began = perf_counter()
    await engine.chain(f"w2-{pauses}".lower(), steps, pauses=pauses)
    return {"per_second": steps / (perf_counter() - began)}


async def park(engine: Engine, *, first: int, last: int) -> dict[str, Any]:
    """W3: start runs that wait; how long until all of them do."""
    began = perf_counter()
    await _few_at_once(engine.park, _parked(range(first, last)))
    return {"seconds": perf_counter() - began}


async def press(engine: Engine, *, numbers: Sequence[int]) -> dict[str, Any]:
    """W4: signals one by one; milliseconds from each to the beginning of the next step."""
    waits = []
    for run in _parked(numbers):
        sent = perf_counter()
        waits.append((await engine.wake(run) - sent) * 1000)
    return {"p50_ms": sorted(waits)[len(waits) // 2], "p99_ms": _p99(waits)}


async def wake(engine: Engine, *, numbers: Sequence[int]) -> dict[str, Any]:
    """W3: signals to many at once; how long until all have ended."""
    began = perf_counter()
    await _few_at_once(engine.wake, _parked(numbers))
    return {"seconds": perf_counter() - began}


def _parked(numbers: Iterable[int]) -> list[str]:
    return [f"w3-{number}" for number in numbers]


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[max(0, math.ceil(0.99 * len(values)) - 1)]


async def _few_at_once(do: Callable[[str], Awaitable[object]], runs: Iterable[str]) -> None:
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(run: str) -> None:
        async with free:
            await do(run)

    await asyncio.gather(*(one(run) for run in runs))


async def serve(engine: Engine) -> None:
    """Say that the engine stands, then fulfil wishes until standard input ends."""
    wishes.answer({"durability": await engine.durability()})
    works = (chains, chain, park, press, wake)
    await wishes.fulfil({work.__name__: partial(work, engine) for work in works})
