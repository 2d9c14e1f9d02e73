"""Runs of 10,000 steps, in a row and in a loop, and 20,000 runs at once: time to the end, memory at the peak."""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from benchmarks.engine import chain
from benchmarks.measure import Figure, Outcome, folder, report
from benchmarks.processes import memory_mb, peak_mb, process

Wish: TypeAlias = Mapping[str, object]

_LOOP = """\
id: bulk
title: bulk
steps:
  - id: every
    for_each:
      items: {items}
      at_once: 100
      steps:
        - {{id: one, call: bench.step}}
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How long the run is, and how many short ones are started at once."""

    rounds: int = 3
    steps: int = 10_000
    runs: int = 20_000


def one(
    where: Path, name: str, workflow: str, calls: int, wish: Wish
) -> Iterator[tuple[str, float]]:
    """Have a wish fulfilled in a process of its own; yields what to note.

    Raises:
        RuntimeError: it did not make every call once.
    """
    made = where / name
    made.mkdir()
    text = where / f"{name}.yaml"
    text.write_text(workflow, encoding="utf-8")
    began = perf_counter()
    with process(["-m", "benchmarks.bulk_work", str(made), str(text)], {}, made / "log") as opened:
        opened.answer()
        yield f"{name} start", perf_counter() - began
        before = memory_mb(opened.pid)[0]
        answer = opened.ask(wish)
        if answer["calls"] != calls:
            raise RuntimeError(f"{answer['calls']} calls were made in place of {calls}.")
        yield f"{name} seconds", answer["seconds"]
        yield f"{name} memory", peak_mb(opened.pid) - before
        opened.kill()


def measure(size: Size) -> Outcome:
    """Measure each in every round."""
    run: Wish = {"do": "run"}
    flows: dict[str, tuple[str, int, Wish]] = {
        "chain": (chain("bulk", size.steps), size.steps, run),
        "loop": (_LOOP.format(items=list(range(size.steps))), size.steps, run),
        "crowd": (chain("bulk", 1), size.runs, {"do": "crowd", "runs": size.runs}),
    }
    found: dict[str, list[float]] = {}
    for _ in range(size.rounds):
        with folder() as where:
            for name, (text, calls, wish) in flows.items():
                for what, value in one(where, name, text, calls, wish):
                    found.setdefault(what, []).append(value)
    spoken = {
        "chain": f"{size.steps:,} steps in a row",
        "loop": f"for_each, {size.steps:,} items",
        "crowd": f"{size.runs:,} runs started at once",
    }
    figures = []
    for name, words in spoken.items():
        figures += [
            Figure(f"{words}: start to end", "s", tuple(found[f"{name} seconds"])),
            Figure(f"{words}: memory at the peak", "MB more", tuple(found[f"{name} memory"])),
            Figure(f"{words}: process start → ready", "s", tuple(found[f"{name} start"])),
        ]
    return Outcome("Long runs", tuple(figures))


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=Size().rounds)
    parser.add_argument("--steps", type=int, default=Size().steps)
    parser.add_argument("--runs", type=int, default=Size().runs)
    given = parser.parse_args()
    report(measure(Size(given.rounds, given.steps, given.runs)))


if __name__ == "__main__":
    main()
