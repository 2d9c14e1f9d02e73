"""What runs at rest cost, and how soon all goes on after a kill: 100,000 at rest, 1,000 under way.

The runs at rest wait for an approval. They are true facts, written through the store's own commits in
groups, as nobody would press 100,000 buttons; those under way are started as people do.
"""

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.measure import Figure, Outcome, Ratio, folder, report
from benchmarks.processes import Piped, cpu_seconds, memory_mb, process


@dataclass(frozen=True, slots=True)
class Size:
    """How many runs there are, and how often all is started."""

    rounds: int = 3
    at_rest: int = 100_000
    under_way: int = 1_000
    step_seconds: float = 5.0
    settle_seconds: float = 2.0
    idle_seconds: float = 5.0


@contextmanager
def install(where: Path, size: Size) -> Iterator[Piped]:
    """Run the install of a folder; yields it as soon as it stands."""
    words = ["-m", "benchmarks.rest_work", str(where), "--seconds", str(size.step_seconds)]
    with process(words, {}, where / "rest.log") as opened:
        opened.answer()
        yield opened
        opened.kill()


def idle(where: Path, size: Size, name: str) -> Iterator[tuple[str, float]]:
    """Start, wait until all is quiet, and look; yields what to note."""
    began = perf_counter()
    with install(where, size) as opened:
        yield f"{name} start", perf_counter() - began
        sleep(size.settle_seconds)
        yield f"{name} memory", memory_mb(opened.pid)[1]
        used = cpu_seconds(opened.pid)
        sleep(size.idle_seconds)
        yield f"{name} cpu", (cpu_seconds(opened.pid) - used) / size.idle_seconds * 100


def one_round(empty: Path, full: Path, size: Size) -> Iterator[tuple[str, float]]:
    """Compare both at idle, then kill the full one in full swing and see it go on."""
    yield from idle(empty, size, "empty")
    yield from idle(full, size, "full")
    with install(full, size) as opened:
        opened.ask({"do": "start", "runs": size.under_way})
        opened.kill()
    began = perf_counter()
    with install(full, size) as opened:
        opened.ask({"do": "under_way", "runs": 1})
        yield "first", perf_counter() - began
        opened.ask({"do": "under_way", "runs": size.under_way})
        yield "all", perf_counter() - began


def measure(size: Size) -> Outcome:
    """Fill a folder once, then measure on copies of it, round by round."""
    found: dict[str, list[float]] = {}
    with folder() as where:
        filled = where / "filled"
        filled.mkdir()
        began = perf_counter()
        with install(filled, size) as opened:
            opened.ask({"do": "rest", "runs": size.at_rest})
        took = perf_counter() - began
        for number in range(size.rounds):
            empty, full = where / f"empty{number}", where / f"full{number}"
            empty.mkdir()
            shutil.copytree(filled, full)
            for name, value in one_round(empty, full, size):
                found.setdefault(name, []).append(value)
        files = (filled / ".opstream").glob("opstream.db*")
        megabytes = sum(one.stat().st_size for one in files) / 1e6
    remark = (
        f"{size.at_rest:,} runs at rest were written in {took:.0f} s through the store's own "
        f"commits, and take {megabytes:.0f} MB on disk."
    )
    return _outcome(size, {name: tuple(values) for name, values in found.items()}, remark)


def _outcome(size: Size, found: dict[str, tuple[float, ...]], remark: str) -> Outcome:
    rest, active = f"{size.at_rest:,} at rest", f"{size.under_way:,} under way"
    first = Figure(f"kill -9 → first step goes on, {active}", "s", found["first"])
    figures = (
        first,
        Figure(f"kill -9 → all {active} go on", "s", found["all"]),
        Figure("start → stands, empty install", "s", found["empty start"]),
        Figure(f"start → stands, {rest}", "s", found["full start"]),
        Figure("own memory (USS), empty install", "MB", found["empty memory"]),
        Figure(f"own memory (USS), {rest}", "MB", found["full memory"]),
        Figure("idle processor time, empty install", "%", found["empty cpu"]),
        Figure(f"idle processor time, {rest}", "%", found["full cpu"]),
    )
    more = zip(found["full memory"], found["empty memory"], strict=True)
    each = tuple((full - empty) * 1024 / size.at_rest for full, empty in more)
    ratios = (
        Ratio("kill -9 → first step, of 2 s", tuple(one / 2 for one in first.rounds), "1"),
        Ratio("memory of a run at rest, of 1 KiB", each, "1"),
    )
    return Outcome(f"Restart with {rest} and {active}", figures, ratios, (remark,))


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=Size().rounds)
    parser.add_argument("--at-rest", type=int, default=Size().at_rest)
    parser.add_argument("--under-way", type=int, default=Size().under_way)
    given = parser.parse_args()
    report(measure(Size(given.rounds, given.at_rest, given.under_way)))


if __name__ == "__main__":
    main()
