"""OpStream under the same work: the install as it is shipped, parked on an approval."""

import argparse
import asyncio
from pathlib import Path
from typing import TextIO, cast

from benchmarks import engine
from benchmarks.peers import workloads
from opstream.domain.approval import Grant
from opstream.domain.operation import OperationCall
from opstream.domain.values import Json
from opstream.ports import ProgressListener

ASKS = """\
id: asks
title: asks
steps:
  - id: ask
    approval: {title: Go on?}
  - {id: act, call: bench.step}
"""


class Paused(engine.Trivial):
    """Trivial operations with the pauses that all engines have."""

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, tuple[str, bool]] = {}  # by run id, its name and whether it pauses

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Pause as the workloads say, then do nothing."""
        run_id, step, _ = call.key.split(":")
        name, pauses = self.named.get(run_id, ("", False))
        if pauses:
            await workloads.pause(name, int(step.removeprefix("s")) - 1)
        return await super().call(call, listener)


class OpStream:
    """The four things of `workloads.Engine`."""

    def __init__(self, running: engine.Engine, parked: dict[str, str], notes: TextIO) -> None:
        self._runs = running.runs
        self._watch = running.watch
        self._operations = cast(Paused, running.operations)
        self._durability = running.durability
        self._parked = parked
        self._notes = notes  # which run is which, for the process that comes after this one

    async def durability(self) -> str:
        """Return what the connection of the writer says."""
        return await self._durability()

    async def chain(self, run: str, steps: int, *, pauses: bool) -> None:
        """Start a run of the workflow with so many steps, and wait for its end."""
        started = await self._runs.start(f"chain{steps}", {}, by=engine.ANA, place=None)
        self._operations.named[started.id] = (run, pauses)
        await self._watch.until_end_of(started.id)

    async def park(self, run: str) -> None:
        """Start a run and wait until it asks."""
        started = await self._runs.start("asks", {}, by=engine.ANA, place=None)
        self._parked[run] = started.id
        await self._watch.until_rest_of(started.id)
        self._notes.write(f"{run} {started.id}\n")

    async def wake(self, run: str) -> float:
        """Approve, and wait for the end."""
        run_id = self._parked[run]
        await self._runs.answer_approval(run_id, "ask", 1, Grant(), by=engine.BO)
        await self._watch.until_end_of(run_id)
        return self._operations.began.pop(f"{run_id}:act:1")


async def main() -> None:
    """Open an install in a folder and do what is wished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database", default="", help="a URL; none means SQLite in the folder")
    given = parser.parse_args()
    workflows = {f"chain{steps}": engine.chain(f"chain{steps}", steps) for steps in (5, 1000)}
    workflows["asks"] = ASKS
    opened = engine.running(given.folder, workflows, Paused(), database_url=given.database)
    async with opened as running:
        with (given.folder / "parked.txt").open("a+", buffering=1, encoding="utf-8") as notes:
            notes.seek(0)
            parked = dict(line.split() for line in notes)
            await workloads.serve(OpStream(running, parked, notes))


if __name__ == "__main__":
    asyncio.run(main())
