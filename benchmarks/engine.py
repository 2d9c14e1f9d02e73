"""An install as it is shipped, on a real database, with trivial operations in the same process."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from config.settings import load
from opstream import bootstrap
from opstream.adapters import telemetry
from opstream.domain.operation import (
    Health,
    Operation,
    OperationCall,
    Progress,
    Repeat,
    SourceHealth,
)
from opstream.domain.person import Person, Role
from opstream.domain.run import RunView
from opstream.domain.values import Json
from opstream.errors import NotFound
from opstream.ports import ProgressListener
from opstream.runs.service import Runs

ANA = Person("U0ANA00001", "Ana", frozenset({Role.OPERATOR}))
BO = Person("U0BO000001", "Bo", frozenset({Role.APPROVER}))
_READ = Operation(
    "bench.step", "Step", "Does nothing.", {"type": "object"}, writes=False, source="bench"
)
_WRITE = Operation(
    "bench.write",
    "Write",
    "Does nothing, and says that it writes.",
    {"type": "object"},
    repeat=Repeat.WITH_KEY,
    source="bench",
)


class Trivial:
    """Operations that do nothing; satisfies the port `Operations`.

    Args:
        jitter_seconds: Each call sleeps a random time up to this, so that runs do not go in step.
    """

    def __init__(self, jitter_seconds: float = 0.0) -> None:
        self.began: dict[str, float] = {}
        self._jitter = jitter_seconds
        self._known = {one.name: one for one in (_READ, _WRITE)}
        self._random = random.Random(5)

    def find(self, name: str) -> Operation:
        """Return one of the two operations."""
        if name not in self._known:
            raise NotFound("operation", name)
        return self._known[name]

    async def ready(self, name: str) -> Operation:
        """Return one of the two operations at once."""
        return self.find(name)

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Note when it began, sleep for the jitter, and return a small output."""
        self.began[call.key] = perf_counter()
        if self._jitter:
            await asyncio.sleep(self._random.random() * self._jitter)
        return {"ok": True}

    def sources(self) -> Sequence[SourceHealth]:
        """Return the one source."""
        return (SourceHealth("bench", Health.READY, "Ready.", (_READ, _WRITE)),)


@dataclass(slots=True)
class Watch:
    """Hears of every run instead of a chat; satisfies the port `Messenger`."""

    ended: dict[str, float] = field(default_factory=dict)
    resting: set[str] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, view: RunView) -> None:
        """Note a run that has ended, or that waits for a person."""
        if view.run.status.ended:
            self.ended.setdefault(view.run.id, perf_counter())
        elif view.deciders:
            self.resting.add(view.run.id)
        self._changed.set()

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show nothing."""

    async def until_ended(self, count: int) -> None:
        """Return as soon as so many runs have ended."""
        while len(self.ended) < count:
            self._changed.clear()
            await self._changed.wait()

    async def until_resting(self, count: int) -> None:
        """Return as soon as so many runs wait for a person."""
        while len(self.resting) < count:
            self._changed.clear()
            await self._changed.wait()


@dataclass(frozen=True, slots=True)
class Engine:
    """What a benchmark drives."""

    runs: Runs
    watch: Watch
    operations: Trivial


def chain(workflow_id: str, steps: int, operation: str = "bench.step") -> str:
    """Write a workflow of steps that follow one another."""
    lines = [f"id: {workflow_id}", f"title: {workflow_id}", "steps:"]
    for number in range(1, steps + 1):
        unattended = ", unattended: true" if operation == _WRITE.name else ""
        lines.append(f"  - {{id: s{number}, call: {operation}{unattended}}}")
    return "\n".join(lines) + "\n"


@asynccontextmanager
async def running(
    folder: Path, workflows: Mapping[str, str], jitter_seconds: float = 0.0
) -> AsyncIterator[Engine]:
    """Start an install with the shipped limits, full durability, and the given workflows."""
    where = folder / "config" / "workflows"
    where.mkdir(parents=True)
    for workflow_id, text in workflows.items():
        (where / f"{workflow_id}.yaml").write_text(text, encoding="utf-8")
    settings = load({}, folder)
    watch, operations = Watch(), Trivial(jitter_seconds)
    stores = await bootstrap.open_stores(settings)
    install = await bootstrap.install(settings, stores, watch, {}, operations=operations)
    with (folder / "bench.log").open("a", encoding="utf-8") as log:
        telemetry.set_up(out=log)
        await install.start()
        bootstrap.spare_the_loop()
        try:
            yield Engine(install.services.runs, watch, operations)
        finally:
            await install.stop()
            await stores.database.close()
