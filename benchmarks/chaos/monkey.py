"""Kills, pauses and restarts processes at random moments."""

import asyncio
import contextlib
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from benchmarks.chaos.processes import Slot, strike
from benchmarks.chaos.waiting import until
from benchmarks.processes import family

_STRUCK_EARLY = 0.15
_PATIENCE_SECONDS = 8.0
KILLS = ("worker killed", "books killed", "desk killed", "database killed")


@dataclass(frozen=True, slots=True)
class Cage:
    """Who may be struck: the workers, their tool servers, and the database where it is a process."""

    workers: Sequence[Slot]
    books: Slot
    database: Slot | None = None


class Monkey:
    """Strikes until it has killed often enough.

    It goes by the work that is done between two strikes, so that a slow machine is not only killed at its
    start; but when nothing moves, it does not wait for ever.

    Args:
        work: How much has been done so far, in lines of recordings.
        between: Lines between two strikes, on average.
        longest: Of a pause of a process, in seconds.

    Attributes:
        strikes: How often it did what.
    """

    def __init__(
        self,
        cage: Cage,
        luck: random.Random,
        work: Callable[[], float],
        between: float,
        longest: float,
    ) -> None:
        self._cage = cage
        self._luck = luck
        self._work = work
        self._between = between
        self._longest = longest
        self.strikes: Counter[str] = Counter()
        self._frozen: set[asyncio.Task[None]] = set()

    @property
    def kills(self) -> int:
        """How often it sent SIGKILL."""
        return sum(self.strikes[kind] for kind in KILLS)

    async def rage(self, kills: int) -> None:
        """Strike again and again until so many processes were killed, then let all live."""
        while self.kills < kills:
            await self._bide_its_time()
            await self._strike()
        await asyncio.gather(*self._frozen)

    async def _bide_its_time(self) -> None:
        enough = self._work() + self._luck.expovariate(1 / self._between)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._luck.random() * _PATIENCE_SECONDS):
                await until(lambda: self._work() >= enough, every=0.005)

    async def _strike(self) -> None:
        weights: dict[str, tuple[int, Callable[[], Awaitable[bool]]]] = {
            "worker killed": (8, self._kill_worker),
            "worker paused": (2, self._pause_worker),
            "worker restarted": (1, self._restart_worker),
            "books killed": (4, self._kill_books),
            "books paused": (2, self._pause_books),
            "desk killed": (2, self._kill_desk),
        }
        if self._cage.database is not None:
            weights["database killed"] = (3, self._kill_database)
            weights["database paused"] = (1, self._pause_database)
        kinds = list(weights)
        kind = self._luck.choices(kinds, [weights[one][0] for one in kinds])[0]
        if await weights[kind][1]():
            self.strikes[kind] += 1

    @property
    def _worker(self) -> Slot | None:
        """One of the workers; of those that are still starting only some are struck."""
        chosen = self._luck.choice(list(self._cage.workers))
        return chosen if chosen.up.is_set() or self._luck.random() < _STRUCK_EARLY else None

    async def _kill_worker(self) -> bool:
        worker = self._worker
        return worker is not None and worker.send(signal.SIGKILL)

    async def _restart_worker(self) -> bool:
        worker = self._worker
        return worker is not None and worker.send(signal.SIGTERM)

    async def _pause_worker(self) -> bool:
        worker = self._worker
        return worker is not None and self._freeze(worker)

    async def _kill_books(self) -> bool:
        return self._cage.books.send(signal.SIGKILL)

    async def _pause_books(self) -> bool:
        return self._freeze(self._cage.books)

    async def _kill_desk(self) -> bool:
        """Kill the tool server that a worker has started for itself."""
        worker = self._worker
        process = worker.process if worker is not None else None
        children = await asyncio.to_thread(family, process.pid) if process is not None else []
        for child in children[1:]:
            strike(child, signal.SIGKILL)
        return len(children) > 1

    async def _kill_database(self) -> bool:
        """Kill the server, and what it started: nothing of it may say good-bye."""
        return await self._all_of_database(signal.SIGKILL)

    async def _pause_database(self) -> bool:
        struck = await self._all_of_database(signal.SIGSTOP)
        if struck:
            await asyncio.sleep(self._luck.random() * self._longest)
            await self._all_of_database(signal.SIGCONT)
        return struck

    async def _all_of_database(self, sign: signal.Signals) -> bool:
        slot = self._cage.database
        if slot is None or slot.process is None:
            return False
        children = await asyncio.to_thread(family, slot.process.pid)
        struck = slot.send(sign)
        for child in children[1:]:
            strike(child, sign)
        return struck

    def _freeze(self, slot: Slot) -> bool:
        """Stop a process for a while; the others go on meanwhile."""
        frozen = slot.process
        if frozen is None or not slot.send(signal.SIGSTOP):
            return False
        seconds = self._luck.random() ** 2 * self._longest

        async def thaw() -> None:
            await asyncio.sleep(seconds)
            if slot.process is frozen:
                slot.send(signal.SIGCONT)

        task = asyncio.create_task(thaw())
        self._frozen.add(task)
        task.add_done_callback(self._frozen.discard)
        return True
