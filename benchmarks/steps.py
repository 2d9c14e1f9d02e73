"""What a durable step costs, and how soon a yes is acted on: W1, W2 and W4 of the engine.

Every run goes through the real service, queue, runner and SQLite store (WAL, synchronous=FULL);
only the operations are trivial. Each round also measures what the disk allows: raw sqlite3, one
row and one commit at a time.
"""

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks import floor
from benchmarks.engine import ANA, BO, Trivial, chain, running
from benchmarks.measure import Figure, Outcome, Ratio, folder, percentile, ratio, report
from opstream.domain.approval import Grant

JITTER_SECONDS = 0.02
_APPROVAL = """\
id: asks
title: asks
steps:
  - id: ask
    approval: {title: Go on?}
  - {id: act, call: bench.step}
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much work one round is."""

    rounds: int = 3
    workflows: int = 500
    steps: int = 5
    long_steps: int = 1000
    parked: int = 1000
    presses: int = 300


async def many(where: Path, size: Size, jitter_seconds: float) -> tuple[float, float]:
    """W1: start many workflows at once; return workflows a second, and the p99 run in seconds."""
    operations = Trivial(jitter_seconds)
    async with running(where, {"five": chain("five", size.steps)}, operations) as engine:
        began = perf_counter()
        started = (engine.runs.start("five", {}, by=ANA, place=None) for _ in range(size.workflows))
        await asyncio.gather(*started)
        await engine.watch.until_ended(size.workflows)
        took = perf_counter() - began
        lengths = [ended - began for ended in engine.watch.ended.values()]
        return size.workflows / took, percentile(lengths, 0.99)


async def one_long(where: Path, size: Size) -> float:
    """W2: one workflow, step after step; return steps a second."""
    async with running(where, {"long": chain("long", size.long_steps)}) as engine:
        began = perf_counter()
        await engine.runs.start("long", {}, by=ANA, place=None)
        await engine.watch.until_ended(1)
        return size.long_steps / (perf_counter() - began)


async def press_to_step(where: Path, size: Size) -> list[float]:
    """W4: with many runs waiting, approve some one by one; return ms until the next step begins."""
    async with running(where, {"asks": _APPROVAL}) as engine:
        for _ in range(size.parked // 100):
            started = (engine.runs.start("asks", {}, by=ANA, place=None) for _ in range(100))
            await asyncio.gather(*started)
        await engine.watch.until_resting(size.parked)
        waits = []
        for done, run_id in enumerate(sorted(engine.watch.resting)[: size.presses], start=1):
            pressed = perf_counter()
            await engine.runs.answer_approval(run_id, "ask", 1, Grant(), by=BO)
            await engine.watch.until_ended(done)
            waits.append((engine.operations.began[f"{run_id}:act:1"] - pressed) * 1000)
        return waits


def measure(size: Size) -> Outcome:
    """Measure everything, interleaved, round by round."""
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    for _ in range(size.rounds):
        with folder() as made:
            note("floor", floor.rows_per_second(made / "floor.db", 1000))
            even, even_p99 = asyncio.run(many(made / "even", size, 0.0))
            jittered, jittered_p99 = asyncio.run(many(made / "jittered", size, JITTER_SECONDS))
            note("even", even)
            note("even_p99", even_p99)
            note("jittered", jittered)
            note("jittered_p99", jittered_p99)
            note("even_steps", even * size.steps)
            note("jittered_steps", jittered * size.steps)
            note("long", asyncio.run(one_long(made / "long", size)))
            waits = asyncio.run(press_to_step(made / "asks", size))
            note("press_p50", percentile(waits, 0.50))
            note("press_p99", percentile(waits, 0.99))
    return _outcome(size, {name: tuple(values) for name, values in found.items()})


def _outcome(size: Size, found: dict[str, tuple[float, ...]]) -> Outcome:
    w1 = f"W1 {size.workflows} workflows × {size.steps} steps"  # noqa: RUF001
    even_steps = Figure("even", "/s", found["even_steps"], more_is_better=True)
    jittered_steps = Figure("jittered", "/s", found["jittered_steps"], more_is_better=True)
    disk = Figure("floor: raw sqlite3 WAL/FULL, one row a commit", "rows/s", found["floor"], True)
    long = Figure(f"W2 one workflow of {size.long_steps} steps", "/s", found["long"], True)
    p99 = Figure(f"W4 approval → next step, p99, {size.parked} parked", "ms", found["press_p99"])
    figures = (
        disk,
        Figure(f"{w1}, workflows", "/s", found["even"], True),
        Figure(f"{w1}, p99 run", "s", found["even_p99"]),
        Figure(f"{w1}, jittered, workflows", "/s", found["jittered"], True),
        Figure(f"{w1}, jittered, p99 run", "s", found["jittered_p99"]),
        long,
        Figure(f"W4 approval → next step, p50, {size.parked} parked", "ms", found["press_p50"]),
        p99,
    )
    ratios = (
        ratio("W1 steps against the floor's rows", even_steps, disk),
        ratio("W1 jittered steps against the floor's rows", jittered_steps, disk),
        ratio("W2 steps against the floor's rows", long, disk),
        Ratio("W4 p99 against its bar of 25 ms", tuple(one / 25 for one in p99.rounds), "1"),
    )
    remark = (
        f"Jittered: each call sleeps a random time up to {JITTER_SECONDS * 1000:.0f} ms, so that "
        "runs do not go in step and share fewer commits."
    )
    return Outcome("Durable steps (SQLite, WAL, synchronous=FULL)", figures, ratios, (remark,))


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=Size().rounds)
    report(measure(Size(rounds=parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
