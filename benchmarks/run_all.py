"""All benchmarks, briefly: `make bench`. Writes figures to standard output and nothing else."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TypeAlias

from benchmarks import ack, bulk, estimates, openapi, restart, startup, steps
from benchmarks.crowd import __main__ as crowd
from benchmarks.measure import Outcome, as_json, context, report, tell

RUNS = ack.Size().under_way
Measures: TypeAlias = dict[str, Callable[[int], Outcome]]
BRIEF: Measures = {
    "ack": lambda runs: ack.measure(ack.Size(rounds=2, under_way=runs)),
    "crowd": lambda _: crowd.measure(crowd.Size(runs=200, seconds=20)),
    "startup": lambda _: startup.measure(startup.Size(rounds=1)),
    "steps": lambda _: steps.measure(steps.Size(rounds=2)),
    "restart": lambda _: restart.measure(restart.Size(rounds=1, at_rest=20_000)),
    "bulk": lambda _: bulk.measure(bulk.Size(rounds=1, steps=2_000, runs=2_000)),
    "estimates": lambda _: estimates.measure(estimates.Size(runs=100)),
    "openapi": lambda _: openapi.measure(openapi.Size(rounds=1)),
}
LONG: Measures = {
    "ack": lambda runs: ack.measure(ack.Size(rounds=7, commands=300, under_way=runs)),
    "crowd": lambda _: crowd.measure(crowd.Size()),
    "startup": lambda _: startup.measure(startup.Size(rounds=5)),
    "steps": lambda _: steps.measure(steps.Size(rounds=7)),
    "restart": lambda _: restart.measure(restart.Size()),
    "bulk": lambda _: bulk.measure(bulk.Size()),
    "estimates": lambda _: estimates.measure(estimates.Size()),
    "openapi": lambda _: openapi.measure(openapi.Size()),
}
PEERS = "peers"  # measured by a program of its own, which writes a table
BRIEF_PEERS = ("--rounds", "1", "--parked", "500", "--presses", "50")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = (*BRIEF, PEERS)
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(known)}; none means all")
    parser.add_argument("--long", action="store_true", help="more rounds, for docs/performance.md")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs under way in `ack`")
    parser.add_argument("--json", action="store_true", help="JSON, without the peers")
    parser.add_argument("--peers", action="store_true", help="only these, with their own options")
    given, more = parser.parse_known_args()
    if given.peers:  # they have options of their own
        raise SystemExit(_beside_peers(more))
    unknown = {*given.names, *more} - set(known)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; use {', '.join(known)}")
    names = given.names or known
    measures = LONG if given.long else BRIEF
    own = {name: measures[name] for name in names if name != PEERS}
    if own:
        _tell(own, given.runs, given.json)
    if PEERS in names and not given.json:
        raise SystemExit(_beside_peers(() if given.long else BRIEF_PEERS))


def _beside_peers(options: Sequence[str]) -> int:
    return subprocess.call([sys.executable, "-m", "benchmarks.peers", *options])


def _tell(measures: Measures, runs: int, as_data: bool) -> None:
    if not as_data:
        for name, value in context().items():
            tell(f"{name}: {value}")
    outcomes = []
    for measure in measures.values():
        outcomes.append(measure(runs))
        if not as_data:
            report(outcomes[-1])
    if as_data:
        tell(as_json(outcomes))


if __name__ == "__main__":
    main()
