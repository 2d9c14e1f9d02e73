"""The install of `restart.py`, in a process of its own that can be measured and killed."""

import argparse
import asyncio
import random
from datetime import timedelta
from pathlib import Path

from benchmarks import engine, wishes
from opstream.adapters.clock import SystemClock
from opstream.domain import history as h
from opstream.domain.audit import AuditEntry
from opstream.domain.operation import OperationCall
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.engine.evolve import begin
from opstream.engine.settle import settle
from opstream.ports import ProgressListener, UnitOfWork

_AT_ONCE = 512
_LONGEST_AGE = timedelta(days=300)
_ASKS = """\
id: asks
title: asks
steps:
  - id: ask
    approval: {title: Go on?, expires: 365d}
  - {id: act, call: bench.step}
"""


class Slow(engine.Trivial):
    """Operations that take some seconds, so that runs are under way when they are looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.under_way = 0
        self._seconds = seconds
        self._wanted = 0
        self._reached = asyncio.Event()

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Say that a step goes on, and take about so many seconds."""
        self.under_way += 1
        if self.under_way >= self._wanted:
            self._reached.set()
        try:
            await asyncio.sleep(self._seconds * random.uniform(0.5, 1.5))
        finally:
            self.under_way -= 1
        return {"ok": True}

    async def until(self, under_way: int) -> None:
        """Return as soon as so many calls are under way."""
        while self.under_way < under_way:
            self._wanted = under_way
            self._reached.clear()
            await self._reached.wait()


class Crowd:
    """What the benchmark wishes of an install."""

    def __init__(self, running: engine.Engine, slow: Slow) -> None:
        self._running = running
        self._slow = slow

    async def rest(self, runs: int) -> wishes.Answer:
        """Make runs that wait for a person, by true facts through the store's own commits."""
        workflow = self._running.catalog.latest("asks")
        for first in range(0, runs, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, runs))
            works = (_resting(workflow, number) for number in numbers)
            await asyncio.gather(*(self._running.store.commit(work) for work in works))
        return {"rest": runs}

    async def start(self, runs: int) -> wishes.Answer:
        """Start runs, and return when a step of each is under way."""
        runs_of = self._running.runs
        started = (runs_of.start("busy", {}, by=engine.ANA, place=None) for _ in range(runs))
        await asyncio.gather(*started)
        return await self.under_way(runs)

    async def under_way(self, runs: int) -> wishes.Answer:
        """Return when so many steps are under way."""
        await self._slow.until(runs)
        return {"under_way": self._slow.under_way}


def _resting(workflow: Workflow, number: int) -> UnitOfWork:
    at = SystemClock().now() - _LONGEST_AGE * random.random()
    by = engine.ANA.who
    fact = h.RunStarted(at, workflow.id, workflow.version, {}, by, None)
    settled = settle(workflow, begin(f"rest{number:06}", fact), (), at, frozenset())
    entry = AuditEntry(at, by, "run.started", settled.run.id, workflow.id)
    return UnitOfWork(settled.run, (fact, *settled.facts), 0, (entry,), rests=True)


async def main() -> None:
    """Open an install in a folder, say that it stands, and do what is wished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0, help="that a step takes")
    given = parser.parse_args()
    slow = Slow(given.seconds)
    flows = {"asks": _ASKS, "busy": engine.chain("busy", 60)}
    limits = "runs: {calls_at_once: 2000, runs_at_once: 2000}\n"  # none shall wait for a slot
    async with engine.running(given.folder, flows, slow, limits) as running:
        wishes.answer({"stands": True})
        crowd = Crowd(running, slow)
        works = (crowd.rest, crowd.start, crowd.under_way)
        await wishes.fulfil({work.__name__: work for work in works})


if __name__ == "__main__":
    asyncio.run(main())
