"""A process of its own that starts many runs at once and says what that cost: `python -m … <folder> <runs>`."""

import asyncio
import json
import logging
import resource
import sys
from pathlib import Path

import structlog

from opstream.domain.run import RunView
from tests.runs.conftest import ANA, House

STARTERS = 200
FLOW = "id: demo\ntitle: Demo\nsteps:\n  - {id: a, call: t.read}\n"


class Counter:
    """A messenger that keeps nothing but numbers."""

    def __init__(self, wanted: int) -> None:
        self.ended: dict[str, int] = {}
        self.all_ended = asyncio.Event()
        self.wanted = wanted

    def show(self, view: RunView) -> None:
        if view.run.status.ended:
            self.ended[view.run.status] = self.ended.get(view.run.status, 0) + 1
            if sum(self.ended.values()) == self.wanted:
                self.all_ended.set()

    def progress(self, *_: object) -> None:
        pass


def memory() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main(folder: Path, count: int) -> None:
    house = House(folder)
    house.watcher = counter = Counter(count)
    house.write(FLOW)
    await house.open()
    gate = house.tools.gates["t.read"] = asyncio.Event()
    before, left = memory(), iter(range(count))

    async def start() -> None:
        for number in left:
            await house.runs.start("demo", {}, by=ANA, place=None, request_key=f"{number}")

    await asyncio.gather(*(start() for _ in range(STARTERS)))
    async with asyncio.timeout(20):
        while (loaded := await house.install.vitals()).under_way + loaded.waiting < count:  # noqa: ASYNC110 - it stands for a condition
            await asyncio.sleep(0.01)
    gate.set()
    await counter.all_ended.wait()
    told = {
        "ended": counter.ended,
        "under_way": loaded.under_way,
        "waiting": loaded.waiting,
        "calls": len({call.key for call in house.tools.calls}),
        "before": before,
        "after": memory(),
    }
    await house.close()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
