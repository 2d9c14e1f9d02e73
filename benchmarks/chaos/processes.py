"""Processes that die: each has a place, and whenever one ends the next one takes it."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.measure import ROOT

Process = asyncio.subprocess.Process
_LARGEST_LINE = 1 << 24
_AGAIN_SECONDS = 0.3


class Startable(Protocol):
    """What a slot can start again and again."""

    async def next(self) -> Process:
        """Start the next process."""

    async def prepare(self) -> None:
        """Make the next but one quick to start."""

    async def close(self) -> None:
        """End what was made ready."""


@dataclass(slots=True)
class Program:
    """What is started, again and again; a spare stands ready, so that the next one is quick.

    Args:
        words: Of the program, behind `python`.
        variables: All of its environment but for the few that every program needs.
        log: Where its standard error goes.
    """

    words: Sequence[str]
    variables: Mapping[str, str]
    log: Path
    name: str = ""
    _spare: Process | None = None

    async def next(self) -> Process:
        """Let the spare begin."""
        begun, self._spare = self._spare or await self._make(), None
        assert begun.stdin is not None
        begun.stdin.write(b"\n")
        return begun

    async def prepare(self) -> None:
        """Have a spare made ready."""
        self._spare = self._spare or await self._make()

    async def _make(self) -> Process:
        with self.log.open("ab") as errors:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *self.words,
                cwd=ROOT,
                env={"PATH": os.defpath, "HOME": str(self.log.parent), **self.variables},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                limit=_LARGEST_LINE,
            )

    async def close(self) -> None:
        """End the spare."""
        if self._spare is not None:
            await end(self._spare, signal.SIGKILL)
            self._spare = None


@dataclass(slots=True)
class Slot:
    """A place for one process at a time.

    Args:
        name: Such as `worker 1`.
        program: What is started there.
        welcome: What is done with one that has started, such as waiting until it answers.
        up: Whether the process does what it is there for; whoever welcomes it says so.
        gives_up: The exit code of a process that cannot do its work now, and wants to be started again.
        deaths: Of those that nobody had wished for.
    """

    name: str
    program: Startable
    welcome: Callable[["Slot", Process], Awaitable[None]] | None = None
    process: Process | None = None
    gives_up: int | None = None
    up: asyncio.Event = field(default_factory=asyncio.Event)
    deaths: list[str] = field(default_factory=list)
    _doomed: set[int] = field(default_factory=set)
    _keeper: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Start the first process, and from then on each following one."""
        self._keeper = asyncio.create_task(self._keep(), name=self.name)

    async def _keep(self) -> None:
        while True:
            process = self.process = await self.program.next()
            if self.welcome is not None:
                await self.welcome(self, process)
            else:
                self.up.set()
            code = await self._outlive(process)
            self.process = None
            self.up.clear()
            if process.pid not in self._doomed:
                if code != self.gives_up:
                    self.deaths.append(f"{self.name} ended by itself with the exit code {code}")
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _outlive(self, process: Process) -> int:
        """Have the next process made ready once this one is up, and return its exit code."""
        preparing = asyncio.create_task(self._prepare())
        code = await process.wait()
        preparing.cancel()
        return code

    async def _prepare(self) -> None:
        await self.up.wait()
        await self.program.prepare()

    def send(self, sign: signal.Signals) -> bool:
        """Send a signal to the process; False when there is none to take it."""
        process = self.process
        if process is None or process.returncode is not None:
            return False
        if sign not in (signal.SIGSTOP, signal.SIGCONT):
            self._doomed.add(process.pid)
        return strike(process.pid, sign)

    async def close(self, sign: signal.Signals = signal.SIGTERM) -> int | None:
        """End the last process for good, and return its exit code."""
        if self._keeper is not None:
            self._keeper.cancel()
        code = await end(self.process, sign) if self.process is not None else None
        await self.program.close()
        return code


def strike(pid: int, sign: signal.Signals) -> bool:
    """Send a signal to a process; False when it is gone.

    Popen's own way would also collect a dead child, whose exit code nobody else could learn then.
    """
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return False
    return True


async def end(process: Process, sign: signal.Signals, seconds: float = 30) -> int:
    """End a process, by force when it does not leave in time, and return its exit code."""
    if process.returncode is None:
        strike(process.pid, sign)
    try:
        async with asyncio.timeout(seconds):
            return await process.wait()
    except TimeoutError:
        strike(process.pid, signal.SIGKILL)
        return await process.wait()
