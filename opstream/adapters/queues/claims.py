"""Which runs this process has claimed, so that looks that overlap share one claim.

A claim is made, or confirmed, before each look at a run and given back after the last one. Looks at one run wait for
each other here, and only here: a claim must not overtake the release before it.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol


class Claimable(Protocol):
    """What runs can be claimed of; a part of the port `RunStore`."""

    async def claim(self, run_id: str) -> bool:
        """Make this process the owner of a run; False when a live process is."""

    async def release(self, run_id: str) -> None:
        """Give up a claim."""


@dataclass(slots=True)
class _Hold:
    looks: int = 0
    held: bool = False
    door: asyncio.Lock = field(default_factory=asyncio.Lock)


class Claims:
    """The claims of this process."""

    def __init__(self, runs: Claimable) -> None:
        self._runs = runs
        self._holds: dict[str, _Hold] = {}

    async def enter(self, run_id: str) -> bool:
        """Begin a look; False when another process has the run. Each one ends with `leave`."""
        hold = self._holds.setdefault(run_id, _Hold())
        hold.looks += 1
        async with hold.door:
            # Asked each time: a process that did not run for a while may have lost what it held.
            hold.held = await self._runs.claim(run_id)
            return hold.held

    async def leave(self, run_id: str) -> None:
        """End a look; the last one gives the run back."""
        hold = self._holds[run_id]
        hold.looks -= 1
        if hold.looks:
            return
        async with hold.door:
            if hold.looks:
                return
            if hold.held:
                hold.held = False
                await self._runs.release(run_id)
            if not hold.looks:
                del self._holds[run_id]
