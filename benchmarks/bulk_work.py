"""The install of `bulk.py`, in a process of its own whose memory can be measured."""

import argparse
import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks import engine, wishes

_STARTERS = 200  # who start runs side by side, each the next one as soon as the last one has begun


async def _start(running: engine.Engine, left: Iterator[int]) -> None:
    for number in left:
        await running.runs.start(
            "bulk", {}, by=engine.ANA, place=None, request_key=f"crowd:{number}"
        )


async def main() -> None:
    """Open an install with one long workflow in a folder, say that it stands, and do what is wished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("workflow", type=Path)
    given = parser.parse_args()
    flows = {"bulk": given.workflow.read_text(encoding="utf-8")}
    async with engine.running(given.folder, flows) as running:

        async def run() -> wishes.Answer:
            began = perf_counter()
            started = await running.runs.start("bulk", {}, by=engine.ANA, place=None)
            await running.watch.until_end_of(started.id)
            return {"seconds": perf_counter() - began, "calls": len(running.operations.began)}

        async def crowd(runs: int) -> wishes.Answer:
            began, left = perf_counter(), iter(range(runs))
            await asyncio.gather(*(_start(running, left) for _ in range(_STARTERS)))
            await running.watch.until_ended(runs)
            return {"seconds": perf_counter() - began, "calls": len(running.operations.began)}

        wishes.answer({"stands": True})
        await wishes.fulfil({"run": run, "crowd": crowd})


if __name__ == "__main__":
    asyncio.run(main())
