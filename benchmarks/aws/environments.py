"""Environments of their own for the servers as published, and for the double; built once, then kept.

Each has a lock file with hashes in `locks/`: what is installed is what was tried.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import ROOT, tell

LOCKS = Path(__file__).parent / "locks"
KEPT = ROOT / "build" / "aws"
PROGRAMS = {
    "cloudwatch": "awslabs.cloudwatch-mcp-server",
    "application_signals": "awslabs.cloudwatch-applicationsignals-mcp-server",
    "ecs": "ecs-mcp-server",
    "double": "python",
}
_NOT_REACHED = (
    "failed to fetch",
    "error sending request",
    "dns error",
    "timed out",
    "network was disabled",
    "network connectivity",
)
_LONGEST_SECONDS = 600


class NotReachable(Exception):
    """The package index could not be reached, and an environment is not there yet."""


def build() -> None:
    """Build what is missing or older than its lock.

    Raises:
        NotReachable: there is no network.
        RuntimeError: something could not be installed; the message says what the installer said.
    """
    for name in PROGRAMS:
        if not _is_built(name):
            tell(f"Installing {_wanted(name)} into build/aws/{name} ...")
            _install(name)


def program(name: str) -> Path:
    """Return the program of an environment."""
    return KEPT / name / "bin" / PROGRAMS[name]


def _is_built(name: str) -> bool:
    mark, lock = KEPT / name / "installed.lock", LOCKS / f"{name}.lock"
    return mark.is_file() and mark.read_bytes() == lock.read_bytes()


def _wanted(name: str) -> str:
    return (LOCKS / f"{name}.in").read_text(encoding="utf-8").strip()


def _install(name: str) -> None:
    folder, lock = KEPT / name, LOCKS / f"{name}.lock"
    shutil.rmtree(folder, ignore_errors=True)
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    python = str(folder / "bin" / "python")
    wanted = ("install", "--quiet", "--require-hashes", "-r", str(lock))
    said = _failure(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
    said = said or _failure(uv, "pip", *wanted, "--python", python)
    # pip may know a mirror or a proxy that uv was not told of.
    if said and _failure(sys.executable, "-m", "pip", "--python", python, *wanted):
        if any(one in said.lower() for one in _NOT_REACHED):
            raise NotReachable(said)
        raise RuntimeError(f"{_wanted(name)} could not be installed. The installer said:\n{said}")
    shutil.copy(lock, folder / "installed.lock")


def _failure(*words: str) -> str:
    """Call a program; return the end of what it said when it failed, else nothing."""
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False
    )
    said = done.stderr.strip()[-1000:]
    return "" if done.returncode == 0 else said or f"It ended with {done.returncode}."
