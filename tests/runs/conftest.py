"""A real install for the runs: real SQLite, real queue, the clock in hand, tools that do as told."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.servers import Mcp
from config.settings import load
from opstream import bootstrap
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
from opstream.errors import NotFound, OperationFailed
from opstream.ports import LanguageModel

ANA = Person("U0ANA00001", "Ana", frozenset({Role.OPERATOR}))
BO = Person("U0BO000001", "Bo", frozenset({Role.APPROVER}))
DAN = Person("U0DAN00001", "Dan", frozenset({Role.VIEWER}))
CLEO = Person("U0CLEO0001", "Cleo", frozenset({Role.ADMIN}))
BOT = Person("U0BOT00001", "Bot", frozenset({Role.ADMIN}), is_bot=True)


class HeldClock:
    """Time in hand: it moves when a test says so."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def pass_(self, **duration: float) -> None:
        self.time += timedelta(**duration)


class Tools:
    """Operations `t.read`, `t.write`, `t.keyed`: each call waits for the test, or answers at once."""

    def __init__(self) -> None:
        self.calls: list[OperationCall] = []
        self.answers: dict[str, list[Any]] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.cancelled: list[str] = []
        self._known = {
            "t.read": Operation("t.read", "Read", "", {}, writes=False, repeat=Repeat.ALWAYS),
            "t.write": Operation("t.write", "Write", "", {}, repeat=Repeat.NEVER),
            "t.keyed": Operation("t.keyed", "Keyed", "", {}, repeat=Repeat.WITH_KEY),
        }

    def find(self, name: str) -> Operation:
        if name not in self._known:
            raise NotFound("operation", name)
        return self._known[name]

    async def ready(self, name: str) -> Operation:
        return self.find(name)

    async def call(self, call: OperationCall, listener: Callable[[Progress], None]) -> Any:
        self.calls.append(call)
        if gate := self.gates.get(call.operation):
            try:
                await gate.wait()
            except asyncio.CancelledError:
                self.cancelled.append(call.key)
                raise
        planned = self.answers.get(call.operation, [])
        answer = planned.pop(0) if planned else {"ok": True}
        if isinstance(answer, OperationFailed):
            raise answer
        return answer

    def sources(self) -> Sequence[SourceHealth]:
        return (SourceHealth("t", Health.READY, "Ready.", tuple(self._known.values())),)


class Watcher:
    """A messenger that only watches, and lets a test wait for what it sees."""

    def __init__(self) -> None:
        self.views: dict[str, RunView] = {}
        self.heard: list[tuple[str, str, Progress]] = []
        self._changed = asyncio.Condition()
        self._notices: set[asyncio.Task[None]] = set()

    def show(self, view: RunView) -> None:
        self.views[view.run.id] = view
        notice = asyncio.ensure_future(self._notify())
        self._notices.add(notice)
        notice.add_done_callback(self._notices.discard)

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        self.heard.append((run_id, step, progress))

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(
        self, run_id: str, holds: Callable[[RunView], Any], seconds: float = 30
    ) -> RunView:
        def seen() -> bool:
            return run_id in self.views and bool(holds(self.views[run_id]))

        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(seen)
        except TimeoutError:
            last = str(self.views.get(run_id))[-5_000:]
            raise AssertionError(f"never seen; last was …{last}") from None
        return self.views[run_id]

    async def ended(self, run_id: str, seconds: float = 30) -> RunView:
        return await self.until(run_id, lambda view: view.run.status.ended, seconds)


class House:
    """An install on a folder, which can be left and entered again as another process would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock, self.tools, self.watcher = HeldClock(), Tools(), Watcher()
        self.model: LanguageModel | None = None
        self.environment = {"OPSTREAM_DATA": str(folder / "data")}
        (folder / "workflows").mkdir()

    def write(self, text: str, name: str = "demo.yaml") -> None:
        (self.folder / "workflows" / name).write_text(text)

    async def open(self) -> None:
        await self.wire()
        await self.install.start()

    async def wire(self) -> None:
        """Put the install together without starting it: nobody but the test looks at runs."""
        settings = load(self.environment)
        own = {"workflow_dirs": (self.folder / "workflows",), "mcp": Mcp()}
        settings = settings.model_copy(update=own)
        self.stores = await bootstrap.open_stores(settings, self.clock)
        instead = bootstrap.Instead(self.tools, self.model)
        self.install = await bootstrap.install(
            settings, self.stores, self.watcher, self.environment, instead=instead
        )
        self.runs = self.install.services.runs

    async def close(self) -> None:
        await self.install.stop(timedelta())
        await self.stores.close()

    async def reopen(self) -> None:
        await self.close()
        self.watcher = Watcher()
        await self.open()

    async def start(self, text: str, **inputs: Any) -> str:
        self.write(text)
        await self.open()
        run = await self.runs.start("demo", inputs, by=ANA, place=None)
        return run.id


@pytest.fixture
async def house(tmp_path):
    made = House(tmp_path)
    yield made
    if hasattr(made, "install"):
        await made.close()
