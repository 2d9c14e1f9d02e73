"""Workers as processes of their own on one PostgreSQL, and a process in the test that starts runs."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg

from config.settings import load
from opstream import bootstrap
from opstream.domain.person import Person, Role
from tests.contracts.waiting import until
from tests.flows.street import PROJECT, bare_environment

ANA = Person("U0ANA00001", "Ana", frozenset({Role.OPERATOR}))
PATIENCE = 30.0
"""Seconds after which a test has failed; how fast it is to be is another matter."""
_WORKFLOW = """\
id: passage
title: Passage
steps:
  - {id: wait, call: gate.wait}
"""
_MCP = """\
servers:
  gate: {{command: "{{python}}", args: ["{program}", "{folder}"]}}
"""


class Worker:
    """A worker's process, dead or alive."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name, self.process, self.log = name, process, log

    def send(self, signal_: signal.Signals) -> None:
        self.process.send_signal(signal_)

    async def left(self) -> int:
        """Return the exit code, once there is one."""
        async with asyncio.timeout(20):
            return await self.process.wait()


async def hired(name: str, folder: Path, environment: Mapping[str, str]) -> Worker:
    """Start a worker that logs into a folder, and wait until it says that it works."""
    log = folder / f"{name}.log"
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROJECT / "app.py"),
            "worker",
            env={**bare_environment(), **environment, "OPSTREAM_WORKER_NAME": name},
            cwd=PROJECT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=written,
        )
    async with asyncio.timeout(30):
        line = await process.stdout.readline()
    assert b"OpStream works" in line, log.read_text()
    return Worker(name, process, log)


class Crew:
    """A folder with settings, a gate that a run has to pass, and the workers."""

    def __init__(self, folder: Path, url: str, **more: str) -> None:
        self.folder, self.url = folder, url
        self.workers: dict[str, Worker] = {}
        config = folder / "config"
        (config / "workflows").mkdir(parents=True)
        (config / "workflows" / "passage.yaml").write_text(_WORKFLOW)
        program = PROJECT / "tests/flows/servers/gate.py"
        (config / "mcp.yaml").write_text(_MCP.format(program=program, folder=folder))
        self.environment = {
            "OPSTREAM_DATABASE_URL": url,
            "OPSTREAM_CONFIG": str(config),
            "OPSTREAM_DATA": str(folder / "data"),
            "OPSTREAM_LOG_FORMAT": "json",
            "OPSTREAM_LEASE": "1s",
            "OPSTREAM_STOP_GRACE": "200ms",
            **more,
        }

    async def hire(self, name: str) -> Worker:
        """Start a worker and wait until it says that it works."""
        worker = self.workers[name] = await hired(name, self.folder, self.environment)
        return worker

    @asynccontextmanager
    async def office(self) -> AsyncIterator[bootstrap.Install]:
        """A process that starts runs and advances none."""
        settings = load(self.environment)
        stores = await bootstrap.open_stores(settings, works=False)
        install = await bootstrap.install(settings, stores, stores.announcer(), {})
        await install.start()
        try:
            await until(self._gate_is_known(install), PATIENCE)
            yield install
        finally:
            await install.stop()
            await stores.close()

    def _gate_is_known(self, install: bootstrap.Install):
        return lambda: any(one.operations for one in install.services.operations.sources())

    async def start(self, install: bootstrap.Install) -> str:
        run = await install.services.runs.start("passage", {}, by=ANA, place=None)
        return run.id

    async def who_waits(self, calls: int) -> Worker:
        """Return the worker that has the run, once the gate was called so often."""
        await until(lambda: len(self.calls()) >= calls, PATIENCE)
        await until(lambda: self.owner() is not None, PATIENCE)
        return self.workers[self.owner().rsplit("-", 1)[0]]

    def calls(self) -> list[str]:
        file = self.folder / "calls"
        return file.read_text().split() if file.exists() else []

    def open_gate(self, only_for: str = "") -> None:
        (self.folder / (f"open-{only_for}" if only_for else "open")).touch()

    def owner(self) -> str | None:
        (found,) = self._ask("SELECT max(owner) FROM runs")
        return found[0]

    def facts(self) -> list[str]:
        return [kind for (kind,) in self._ask("SELECT kind FROM facts ORDER BY seq")]

    def status(self) -> str:
        (found,) = self._ask("SELECT status FROM runs")
        return found[0]

    def _ask(self, question: str) -> list[tuple]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(question).fetchall()

    async def dismiss(self) -> None:
        """End what is left of the workers."""
        for worker in self.workers.values():
            if worker.process.returncode is None:
                worker.send(signal.SIGCONT)
                worker.send(signal.SIGKILL)
            await worker.process.wait()
