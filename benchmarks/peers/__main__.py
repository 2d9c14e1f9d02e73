"""OpStream beside its peers on the same work at equal durability: `python -m benchmarks.peers`.

Each peer is installed in an environment of its own; each contender runs in a process of its own on an
empty database of its own, one after the other, round by round. W1: many short runs at once. W2: one long
run. W3: thousands that wait, killed and started again. W4: a signal to one of them. See `workloads.py`.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.measure import context, folder, tell
from benchmarks.peers import places, table
from benchmarks.peers.contenders import ALL, Contender, available, started
from benchmarks.processes import cpu_seconds, memory_mb

_WARM = 20
_IDLE_SECONDS = 5.0
_LONG = 1000


@dataclass(frozen=True, slots=True)
class Size:
    """How much work one round is."""

    rounds: int
    parked_rounds: int
    runs: int = 500
    parked: int = 5000
    presses: int = 100
    probes: int = 50


def chains(one: Contender, at: places.Places, cache: Path, size: Size) -> Iterator[table.Found]:
    """W1 and W2 of one round; yields what was found."""
    with started(one, at.new(one), cache, at.folder / "log") as (opened, durability):
        yield "durability", durability
        many = opened.ask({"do": "chains", "runs": size.runs, "steps": 5, "pauses": True})
        yield "W1", many["per_second"]
        yield "W1 p99", many["p99_seconds"]
        long = {"do": "chain", "steps": _LONG}
        yield "W2", opened.ask({**long, "pauses": False})["per_second"]
        yield "W2 paused", opened.ask({**long, "pauses": True})["per_second"]


def parked(one: Contender, at: places.Places, cache: Path, size: Size) -> Iterator[table.Found]:
    """W3 and W4 of one round; yields what was found."""
    place, log = at.new(one), at.folder / "log"
    last = size.parked + _WARM
    pressed = range(_WARM, _WARM + size.presses)
    rest = range(_WARM + size.presses, last)
    probes = rest[:: max(1, len(rest) // size.probes)]
    with started(one, place, cache, log) as (opened, _):
        opened.ask({"do": "park", "first": 0, "last": _WARM})
        before = memory_mb(opened.pid)[1]
        yield "W3 park", opened.ask({"do": "park", "first": _WARM, "last": last})["seconds"]
        sleep(_IDLE_SECONDS / 2)
        yield "W3 memory", (memory_mb(opened.pid)[1] - before) * 1024 / size.parked
        used = cpu_seconds(opened.pid)
        sleep(_IDLE_SECONDS)
        yield "W3 idle", (cpu_seconds(opened.pid) - used) / _IDLE_SECONDS * 100
        signals = opened.ask({"do": "press", "numbers": list(pressed)})
        yield "W4 p50", signals["p50_ms"]
        yield "W4 p99", signals["p99_ms"]
        opened.kill()
    began = perf_counter()
    with started(one, place, cache, log) as (opened, _):
        opened.ask({"do": "wake", "numbers": list(probes)})
        yield "W3 recover", perf_counter() - began
        left = sorted(set(rest) - set(probes))
        yield "W3 wake", opened.ask({"do": "wake", "numbers": left})["seconds"]


def measure(size: Size, wanted: list[Contender], at: places.Places, cache: Path) -> table.Results:
    """Measure all, interleaved, round by round."""
    found = table.Results(wanted)
    for number in range(max(size.rounds, size.parked_rounds)):
        for one in wanted:
            if number < size.rounds:
                found.note(one, chains(one, at, cache, size))
            if number < size.parked_rounds and one.parks:
                found.note(one, parked(one, at, cache, size))
            tell(f"round {number + 1}: {found.last(one)}")
    return found


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of W1 and W2")
    parser.add_argument("--parked-rounds", type=int, default=1, help="of W3 and W4")
    parser.add_argument("--parked", type=int, default=5000, help="how many wait in W3 and W4")
    parser.add_argument("--presses", type=int, default=100, help="signals one by one in W4")
    parser.add_argument("--on", choices=("sqlite", "postgres"), help="one kind of database only")
    parser.add_argument("--only", help="a part of the names of those to measure, as `OpStream`")
    parser.add_argument("--postgres", metavar="URL", help="a server to use in place of our own")
    parser.add_argument(
        "--cache", type=Path, default=Path.home() / ".cache" / "opstream-bench", metavar="DIR"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every round's figures")
    given = parser.parse_args()
    size = Size(given.rounds, given.parked_rounds, parked=given.parked, presses=given.presses)
    wanted = [one for one in ALL if given.on in (None, one.database)]
    wanted = [one for one in wanted if (given.only or "").lower() in one.name.lower()]
    wanted = available(wanted, given.cache)
    with ExitStack() as stack:
        where = stack.enter_context(folder())
        server = None
        for name, value in context().items():
            tell(f"{name}: {value}")
        if any(one.database == "postgres" for one in wanted):
            server = stack.enter_context(places.postgres(where, given.postgres))
            tell(places.described(server))
        found = measure(size, wanted, places.Places(where, server), given.cache)
    found.report()
    if given.json:
        given.json.write_text(json.dumps(found.as_data(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
