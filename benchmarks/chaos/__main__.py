"""Proof by chaos: hundreds of runs, hundreds of deaths, and a look at what is left.

    python -m benchmarks.chaos --kills 200 --seed 7

It starts OpStream and a tool server that records all it does, keeps dozens of mixed workflows going,
and kills, freezes and restarts processes at random. When all runs have ended it compares what the tools
recorded, what people were told and what the journal says. The exit code is 1 if any promise was broken;
then all that is known of the culprits lies in the folder it names.

The seed decides what is started, what is struck and about when. What is under way at that very moment
is up to the machine, so a seed repeats the mix and not each step of it.
"""

import argparse
import asyncio
import random
import signal
import sys
from dataclasses import replace

from benchmarks.chaos import report
from benchmarks.chaos.chaos import Options, play
from benchmarks.measure import ROOT, folder, tell

SHORT = Options(seed=0, kills=6, runs=14, active=8, between=12, longest=1.2)


def main() -> int:
    """Play once, and tell."""
    options = _options()
    tell(f"python -m benchmarks.chaos --seed {options.seed}  ({options})")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # nothing it started may outlive it
    culprits = ROOT / "build" / f"chaos-{options.database}-{options.seed}"
    with folder() as made:
        outcome = asyncio.run(play(options, made, tell))
        if outcome.violations:
            report.save(outcome, culprits, sorted(made.glob("*.log")))
    for line in report.lines(outcome):
        tell(line)
    if not outcome.violations:
        return 0
    tell(f"{len(outcome.violations)} violations; all that is known of them: {culprits}")
    return 1


def _options() -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, help="how often a process is killed")
    parser.add_argument("--runs", type=int, help="how many runs are started at least")
    parser.add_argument("--seed", type=int, help="without it, one is chosen and printed")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--workers", type=int, help="OpStream processes; SQLite allows one")
    parser.add_argument("--mix", nargs="+", default=(), help="only these workflows of the mix")
    parser.add_argument("--short", action="store_true", help="6 kills, as the tests do it")
    asked = parser.parse_args()
    usual = SHORT if asked.short else Options(seed=0)
    workers = asked.workers or (3 if asked.database == "postgresql" else 1)
    if asked.database == "sqlite" and workers > 1:
        parser.error("SQLite belongs to one process; use `--database postgresql` for more.")
    return replace(
        usual,
        seed=random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed,
        kills=usual.kills if asked.kills is None else asked.kills,
        runs=usual.runs if asked.runs is None else asked.runs,
        database=asked.database,
        workers=workers,
        mix=tuple(asked.mix),
    )


if __name__ == "__main__":
    sys.exit(main())
