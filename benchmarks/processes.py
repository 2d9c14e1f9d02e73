"""Processes of a benchmark: the bot as `make run` starts it, its workspace, and their memory."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT

STOP_SECONDS = 20
CONNECT_SECONDS = 30


class Piped:
    """A process that is spoken to in lines."""

    def __init__(self, started: subprocess.Popen[str], log: Path) -> None:
        self._started = started
        self._log = log

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._started.pid

    def kill(self) -> None:
        """End it as a power cut would: at once, with nothing put in order."""
        self._started.kill()
        self._started.wait()

    def ask(self, wish: Mapping[str, object]) -> dict[str, Any]:
        """Send a wish and return its answer."""
        assert self._started.stdin is not None
        self._started.stdin.write(json.dumps(wish) + "\n")
        self._started.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """Return the next answer."""
        answer: dict[str, Any] = json.loads(self.line())
        return answer

    def line(self) -> str:
        """Return the next line of its standard output.

        Raises:
            RuntimeError: it has ended; the error shows what it said last.
        """
        assert self._started.stdout is not None
        line = self._started.stdout.readline()
        if not line:
            raise RuntimeError(f"A process of the benchmark ended early. It said:\n{self.said()}")
        return line

    def said(self) -> str:
        """Return the end of what it wrote to standard error."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:]


def wait_for_app(opened: Piped, app: Piped) -> None:
    """Return as soon as an app is connected to a workspace.

    Raises:
        RuntimeError: it is not within a while; the error shows what it said last.
    """
    if not opened.ask({"wait": CONNECT_SECONDS})["connected"]:
        raise RuntimeError(f"An app did not connect. It said:\n{app.said()}")


@contextmanager
def process(
    words: Sequence[str],
    variables: Mapping[str, str],
    log: Path,
    python: str = sys.executable,
) -> Iterator[Piped]:
    """Run a program of this checkout with only the variables given; end it afterwards.

    Args:
        python: The interpreter, of another environment if that is what is measured.
    """
    with log.open("ab") as errors:
        started = subprocess.Popen(
            [python, *words],
            cwd=ROOT,
            env={"PATH": os.defpath, "HOME": str(log.parent), **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield Piped(started, log)
    finally:
        started.terminate()
        try:
            started.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        for pipe in (started.stdin, started.stdout):
            if pipe is not None:
                pipe.close()


def family(pid: int) -> list[int]:
    """Return a process and all that it started (Linux)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        parents[int(entry.parent.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def memory_mb(pid: int) -> tuple[float, float]:
    """Return resident memory, and the part of it that no other process shares (Linux)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    kb = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return kb["Rss"] / 1024, (kb["Private_Clean"] + kb["Private_Dirty"]) / 1024


def peak_mb(pid: int) -> float:
    """Return the most resident memory that a process ever had (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
