"""Runs a workflow through the real engine on the real estate, in a process, at a time of our own."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.connectors.registry import installed
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.settings import McpServer
from opstream.definitions import inputs
from opstream.domain import history as h
from opstream.domain.effects import Perform
from opstream.domain.operation import OperationCall
from opstream.domain.person import Who
from opstream.domain.run import Run, RunStatus, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.engine.evolve import begin
from opstream.engine.settle import settle
from opstream.errors import OperationFailed

ANA, BO = Who("U1", "Ana"), Who("U2", "Bo")


@dataclass
class World:
    """The estate, and the clock that it and the run go by."""

    operations: AllOperations
    clock: Path
    now: datetime = datetime(2026, 5, 4, 12, tzinfo=UTC)
    writes: list[str] = field(default_factory=list)
    calls: int = 0

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.clock.write_text(self.now.isoformat())

    async def call(self, operation: str, arguments: Mapping[str, Json]) -> Json:
        self.calls += 1
        wanted = OperationCall(operation, arguments, f"call:{self.calls}", timedelta(seconds=30))
        return await self.operations.call(wanted, lambda _: None)

    async def run(self, workflow: Workflow, given: Mapping[str, Json]) -> Run:
        """Return the run as it ended, every approval granted."""
        values = inputs.read(workflow, given)
        run = begin("run-1", h.RunStarted(self.now, workflow.id, 1, values, ANA, None))
        facts: list[h.Fact] = []
        for _ in range(60):
            settled = settle(workflow, run, facts, self.now, frozenset())
            run, facts = settled.run, []
            if run.status is not RunStatus.ACTIVE:
                break
            facts = [await self._made(effect) for effect in settled.calls] + self._granted(run)
            if not facts:
                assert run.wake_at, f"the run rests for good: {run.steps}"
                self.pass_time((run.wake_at - self.now).total_seconds())
        return run

    async def _made(self, effect: Perform) -> h.Fact:
        call = effect.call
        if self.operations.find(call.operation).writes:
            self.writes.append(f"{call.operation} {' '.join(map(str, call.arguments.values()))}")
        try:
            output = await self.call(call.operation, call.arguments)
        except OperationFailed as error:
            return h.StepFailed(self.now, effect.step, str(error), error.kind, self.now)
        return h.StepSucceeded(self.now, effect.step, output, self.now)

    def _granted(self, run: Run) -> list[h.Fact]:
        return [
            h.ApprovalGranted(self.now, step_id, state.approval.revision, BO)
            for step_id, state in run.steps.items()
            if state.status is StepStatus.ASKING_APPROVAL and state.approval
        ]


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """The estate in a process of its own, as it is on its first day."""
    clock = folder / "clock"
    program = ("-m", "opstream.playground.estate", "--state", str(folder / "estate"))
    options = ("--pace", "0", "--clock", str(clock))
    server = McpServer("estate", command=sys.executable, args=(*program, *options))
    registry = McpRegistry([server], {"PATH": os.pathsep.join(os.get_exec_path())})
    made = World(AllOperations([*registry.sources, *installed({})]), clock)
    made.pass_time(0)
    await registry.start()
    try:
        yield made
    finally:
        await registry.stop()
