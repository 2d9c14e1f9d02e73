"""How soon a started process is ready, and what it costs while nobody asks anything.

Twice: as `make run` starts it without tokens (bot, playground and estate), until it prints its
address; and with tokens, until its Socket Mode connection stands, beside a bare Bolt app.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.ack import workspace
from benchmarks.measure import Figure, Outcome, Ratio, folder, ratio, report
from benchmarks.processes import cpu_seconds, family, memory_mb, process, wait_for_app

SETTLE_SECONDS = 3.0
IDLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Size:
    """How often each is started."""

    rounds: int = 3


def with_playground(where: Path) -> Iterator[tuple[str, float]]:
    """Start as `make run` does; yields what to note."""
    places = {"OPSTREAM_DATA": str(where / "data"), "OPSTREAM_PORT": "0"}
    began = perf_counter()
    with process(["app.py"], places, where / "playground.log") as started:
        while "http://" not in started.line():
            pass
        yield "playground ready", perf_counter() - began
        time.sleep(SETTLE_SECONDS)
        processes = family(started.pid)
        yield "playground uss", sum(memory_mb(one)[1] for one in processes)
        yield "bot with playground uss", memory_mb(started.pid)[1]
        before = sum(cpu_seconds(one) for one in processes)
        time.sleep(IDLE_SECONDS)
        used = sum(cpu_seconds(one) for one in processes) - before
        yield "playground cpu", used / IDLE_SECONDS * 100


def connected(
    name: str, words: Sequence[str], places: Mapping[str, str], where: Path
) -> Iterator[tuple[str, float]]:
    """Start an app with tokens; yields what to note."""
    with workspace(where, name) as (opened, reach):
        given = words if name == "bot" else [*words, *reach.values()]
        began = perf_counter()
        with process(given, {**places, **reach}, where / f"{name}.log") as started:
            wait_for_app(opened, started)
            yield f"{name} ready", perf_counter() - began
            time.sleep(SETTLE_SECONDS)
            resident, own = memory_mb(started.pid)
            yield f"{name} rss", resident
            yield f"{name} uss", own
            before = cpu_seconds(started.pid)
            time.sleep(IDLE_SECONDS)
            yield f"{name} cpu", (cpu_seconds(started.pid) - before) / IDLE_SECONDS * 100


def one_round(where: Path) -> Iterator[tuple[str, float]]:
    """Start all three, one after the other."""
    yield from connected("bare", ["-m", "benchmarks.bare_app"], {}, where)
    yield from connected("bot", ["app.py"], {"OPSTREAM_DATA": str(where / "data")}, where)
    yield from with_playground(where)


def measure(size: Size) -> Outcome:
    """Measure each round in a folder of its own: every start is a first start."""
    found: dict[str, list[float]] = {}
    for _ in range(size.rounds):
        with folder() as where:
            for name, value in one_round(where):
                found.setdefault(name, []).append(value)

    def figure(spoken: str, unit: str, name: str) -> Figure:
        return Figure(spoken, unit, tuple(found[name]))

    peer_ready = figure("bare Bolt app, start → connected", "s", "bare ready")
    ready = figure("OpStream with tokens, start → connected", "s", "bot ready")
    peer_memory = figure("bare Bolt app, idle, own memory (USS)", "MB", "bare uss")
    memory = figure("OpStream with tokens, idle, own memory (USS)", "MB", "bot uss")
    resident = figure("OpStream with tokens, idle, resident (RSS)", "MB", "bot rss")
    playground = figure(
        "OpStream with playground, start → address printed", "s", "playground ready"
    )
    figures = (
        peer_ready,
        ready,
        playground,
        peer_memory,
        memory,
        resident,
        figure("bot and playground, one process (USS)", "MB", "bot with playground uss"),
        figure("bot, playground and estate, all processes (USS)", "MB", "playground uss"),
        figure("bare Bolt app, idle processor time", "%", "bare cpu"),
        figure("OpStream with tokens, idle processor time", "%", "bot cpu"),
        figure("bot, playground and estate, idle processor time", "%", "playground cpu"),
    )
    ratios = (
        ratio("start against the bare app", ready, peer_ready),
        ratio("own memory against the bare app", memory, peer_memory),
        Ratio("start with playground, of 2 s", tuple(r / 2 for r in playground.rounds), "1"),
        Ratio("resident memory, of 150 MB", tuple(r / 150 for r in resident.rounds), "1"),
    )
    return Outcome("Start and rest", figures, ratios)


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=Size().rounds)
    report(measure(Size(rounds=parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
