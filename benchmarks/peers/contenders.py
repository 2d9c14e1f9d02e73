"""Who is measured beside whom, and in which environment each runs."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from benchmarks.measure import tell
from benchmarks.processes import Piped, process

_HERE = Path(__file__).resolve().parent
_LONGEST_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Contender:
    """One engine, or a floor, on one kind of database.

    Args:
        name: As the table shows it.
        database: "sqlite" or "postgres".
        module: What is run, with the place of the database as its first argument.
        peer: Its requirements file is `requirements-<peer>.txt`; empty runs it where we run.
        parks: Whether it can hold runs that wait.
    """

    name: str
    database: str
    module: str
    options: tuple[str, ...] = ()
    peer: str = ""
    parks: bool = True


OURS = "OpStream"
_FLOOR = "floor_work"
# Found best for DBOS by trying on two cores. On SQLite it looks for signals, by default every second: more
# often, thousands that wait take minutes to be taken up again. On PostgreSQL it is told of them.
_DBOS_SQLITE = ("--threads", "8", "--poll-seconds", "1")
_DBOS_POSTGRES = ("--threads", "32")
ALL = (
    Contender("floor: sqlite3, a row a commit", "sqlite", _FLOOR, parks=False),
    Contender("floor: sqlite3, grouped", "sqlite", _FLOOR, ("--grouped",), parks=False),
    Contender(OURS, "sqlite", "ours_work"),
    Contender("DBOS", "sqlite", "dbos_work", _DBOS_SQLITE, peer="dbos"),
    Contender("LangGraph", "sqlite", "langgraph_work", peer="langgraph"),
    Contender("floor: psycopg, 1 connection", "postgres", _FLOOR, parks=False),
    Contender("floor: psycopg, 8", "postgres", _FLOOR, ("--connections", "8"), parks=False),
    Contender(OURS, "postgres", "ours_work"),
    Contender("DBOS", "postgres", "dbos_work", _DBOS_POSTGRES, peer="dbos"),
    Contender("LangGraph", "postgres", "langgraph_work", peer="langgraph"),
)


def environment(peer: str, cache: Path) -> str:
    """Return the interpreter of a peer's own environment, made anew when its versions changed."""
    if not peer:
        return sys.executable
    wanted = _HERE / f"requirements-{peer}.txt"
    digest = hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]
    home = cache / f"{peer}-{digest}"
    python, done = home / "bin" / "python", home / "complete"
    if not done.exists():
        tell(f"installing {peer} in {home}")
        _run(sys.executable, "-m", "venv", "--clear", str(home))
        pip = (str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check")
        _run(*pip, "--requirement", str(wanted))
        done.touch()
    return str(python)


def available(wanted: Sequence[Contender], cache: Path) -> list[Contender]:
    """Return those whose environments stand, or can be made; says who is left out, and why."""
    missing: set[str] = set()
    for peer in dict.fromkeys(one.peer for one in wanted):
        try:
            environment(peer, cache)
        except (OSError, subprocess.CalledProcessError) as error:
            missing.add(peer)
            said = getattr(error, "stderr", None) or getattr(error, "output", None) or str(error)
            reason = said.strip().splitlines()[-1]
            tell(f"{peer} is left out: its environment in {cache} could not be made ({reason}).")
    return [one for one in wanted if one.peer not in missing]


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, text=True)


@contextmanager
def started(
    contender: Contender, place: Sequence[str], cache: Path, log: Path
) -> Iterator[tuple[Piped, str]]:
    """Run a contender on a database; yields it with what it says of its durability.

    It is killed at the end, as nothing of it is wanted any more, and after half an hour in any case.
    """
    words = ["-m", f"benchmarks.peers.{contender.module}", *place, *contender.options]
    with process(words, {}, log, environment(contender.peer, cache)) as opened:
        watchdog = Timer(_LONGEST_SECONDS, opened.kill)
        watchdog.start()
        try:
            yield opened, str(opened.answer()["durability"])
        finally:
            watchdog.cancel()
            opened.kill()
