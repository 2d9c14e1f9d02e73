"""An install as it is shipped, on a real database, with trivial operations in the same process."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import LiteralString

import psycopg

from config.settings import load
from opstream import bootstrap
from opstream.adapters import telemetry
from opstream.adapters.store.database import Database
from opstream.definitions.catalog import Catalog
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
from opstream.ports import ProgressListener, RunStore
from opstream.runs.service import Runs

ANA = Person("U0ANA00001", "Ana", frozenset({Role.OPERATOR}))
BO = Person("U0BO000001", "Bo", frozenset({Role.APPROVER}))
_OF_POSTGRES: tuple[LiteralString, ...] = ("fsync", "synchronous_commit")
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
    _awaited: dict[str, "asyncio.Future[None]"] = field(default_factory=dict)

    def show(self, view: RunView) -> None:
        """Note a run that has ended, or that waits for a person."""
        run_id = view.run.id
        if view.run.status.ended:
            self.ended.setdefault(run_id, perf_counter())
            self.resting.discard(run_id)
        elif view.deciders:
            self.resting.add(run_id)
        else:
            return
        self._changed.set()
        if (awaited := self._awaited.pop(run_id, None)) is not None and not awaited.done():
            awaited.set_result(None)

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

    async def until_end_of(self, run_id: str) -> None:
        """Return as soon as one run has ended."""
        while run_id not in self.ended:
            await self._next_of(run_id)

    async def until_rest_of(self, run_id: str) -> None:
        """Return as soon as one run waits for a person."""
        while run_id not in self.resting:
            await self._next_of(run_id)

    async def _next_of(self, run_id: str) -> None:
        self._awaited[run_id] = asyncio.get_running_loop().create_future()
        await self._awaited[run_id]


@dataclass(frozen=True, slots=True)
class Engine:
    """What a benchmark drives.

    Args:
        durability: Says how durable a commit is, as read back from the connection that commits.
        store: The journal itself, for what no person would do: to fill it.
    """

    runs: Runs
    watch: Watch
    operations: Trivial
    durability: Callable[[], Awaitable[str]]
    store: RunStore
    catalog: Catalog


def chain(workflow_id: str, steps: int, operation: str = "bench.step") -> str:
    """Write a workflow of steps that follow one another."""
    lines = [f"id: {workflow_id}", f"title: {workflow_id}", "steps:"]
    for number in range(1, steps + 1):
        unattended = ", unattended: true" if operation == _WRITE.name else ""
        lines.append(f"  - {{id: s{number}, call: {operation}{unattended}}}")
    return "\n".join(lines) + "\n"


@asynccontextmanager
async def running(
    folder: Path,
    workflows: Mapping[str, str],
    operations: Trivial | None = None,
    settings_text: str = "",
    database_url: str = "",
) -> AsyncIterator[Engine]:
    """Start an install with full durability and the given workflows.

    Args:
        settings_text: What `opstream.yaml` holds; without it, all is as shipped.
        database_url: Of a PostgreSQL; none means SQLite in the folder.
    """
    where = folder / "config" / "workflows"
    where.mkdir(parents=True, exist_ok=True)
    for workflow_id, text in workflows.items():
        (where / f"{workflow_id}.yaml").write_text(text, encoding="utf-8")
    (where.parent / "opstream.yaml").write_text(settings_text, encoding="utf-8")
    settings = load({"OPSTREAM_DATABASE_URL": database_url} if database_url else {}, folder)
    watch, trivial = Watch(), operations or Trivial()
    with (folder / "bench.log").open("a", encoding="utf-8") as log:
        telemetry.set_up(out=log)
        stores = await bootstrap.open_stores(settings)
        install = await bootstrap.install(
            settings, stores, watch, {}, instead=bootstrap.Instead(trivial)
        )

        async def durability() -> str:
            if isinstance(stores.database, Database):
                return await stores.database.writer.write(_pragmas)
            return await asyncio.to_thread(_shown, database_url)

        await install.start()
        bootstrap.spare_the_loop()
        services, store = install.services, stores.database.runs
        try:
            yield Engine(services.runs, watch, trivial, durability, store, services.workflows)
        finally:
            await install.stop()
            await stores.database.close()


def _pragmas(connection: sqlite3.Connection) -> str:
    """Return what SQLite says of its own durability."""
    asked = ("journal_mode", "synchronous")
    said = {one: connection.execute(f"PRAGMA {one}").fetchone()[0] for one in asked}
    return ", ".join(f"{name} {value}" for name, value in said.items())


def _shown(url: str) -> str:
    """Return what PostgreSQL says of the durability of a connection that asks for nothing special."""
    with psycopg.connect(url) as connection:
        said = {one: connection.execute(f"SHOW {one}").fetchone() for one in _OF_POSTGRES}
    return ", ".join(f"{name} {row[0] if row else '?'}" for name, row in said.items())
