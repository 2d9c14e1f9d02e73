"""All benchmarks, briefly: `make bench`. Writes figures to standard output and nothing else."""

import argparse
from collections.abc import Callable

from benchmarks import ack, startup, steps
from benchmarks.measure import Outcome, as_json, context, report, tell

RUNS = ack.Size().under_way
BRIEF: dict[str, Callable[[int], Outcome]] = {
    "ack": lambda runs: ack.measure(ack.Size(rounds=3, under_way=runs)),
    "startup": lambda _: startup.measure(startup.Size(rounds=2)),
    "steps": lambda _: steps.measure(steps.Size(rounds=2)),
}
LONG: dict[str, Callable[[int], Outcome]] = {
    "ack": lambda runs: ack.measure(ack.Size(rounds=7, commands=300, under_way=runs)),
    "startup": lambda _: startup.measure(startup.Size(rounds=5)),
    "steps": lambda _: steps.measure(steps.Size(rounds=7)),
}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(BRIEF)}; none means all")
    parser.add_argument("--long", action="store_true", help="more rounds, for docs/performance.md")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs under way in `ack`")
    parser.add_argument("--json", action="store_true", help="JSON instead of lines")
    given = parser.parse_args()
    measures = LONG if given.long else BRIEF
    unknown = set(given.names) - set(measures)
    if unknown:
        parser.error(
            f"there is no benchmark {', '.join(sorted(unknown))}; use {', '.join(measures)}"
        )
    if not given.json:
        for name, value in context().items():
            tell(f"{name}: {value}")
    outcomes = []
    for name in given.names or measures:
        outcomes.append(measures[name](given.runs))
        if not given.json:
            report(outcomes[-1])
    if given.json:
        tell(as_json(outcomes))


if __name__ == "__main__":
    main()
