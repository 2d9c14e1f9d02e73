"""Time left: does the range that should hold nine times out of ten do so, on runs it has not seen?

Histories are drawn from several families of durations, each with a seed. For every one a further run is
drawn, looked at in the middle of its work, and its real end compared with what was said. No clock is read
and nothing waits: a round of thousands of runs takes seconds.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.measure import Figure, Outcome, report
from opstream.domain.person import Who
from opstream.domain.run import Run, StepState, StepStatus
from opstream.domain.time_left import TimeLeft
from opstream.domain.workflow import Call, Step, Workflow
from opstream.ports import StepTime
from opstream.runs import estimates

HISTORIES = (2, 3, 5, 10, 20, 60)
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_USUAL = {"fetch": 10.0, "build": 60.0, "test": 45.0, "check": 5.0, "ship": 30.0}
_WORKFLOW = Workflow(
    "release",
    "Release",
    (
        Step("fetch", "Fetch", Call("t.fetch")),
        Step("build", "Build", Call("t.build"), needs=("fetch",)),
        Step("test", "Test", Call("t.test"), needs=("fetch",)),  # beside the build
        Step("check", "Check", Call("t.check"), needs=("build", "test")),
        Step("ship", "Ship", Call("t.ship"), needs=("check",)),
    ),
)

Seconds = Mapping[str, float]
Family = Callable[[Random, int], Seconds]


def _lognormal(luck: Random, number: int) -> Seconds:
    return {step: usual * luck.lognormvariate(0, 0.4) for step, usual in _USUAL.items()}


def _gamma(luck: Random, number: int) -> Seconds:
    return {step: luck.gammavariate(2, usual / 2) for step, usual in _USUAL.items()}


def _steady(luck: Random, number: int) -> Seconds:
    return {step: usual * luck.gauss(1, 0.03) for step, usual in _USUAL.items()}


def _bimodal(luck: Random, number: int) -> Seconds:
    slow = 4 if luck.random() < 0.3 else 1  # such as a cache that is cold
    seconds = {step: usual * luck.lognormvariate(0, 0.15) for step, usual in _USUAL.items()}
    return {**seconds, "build": seconds["build"] * slow}


def _drifting(luck: Random, number: int) -> Seconds:
    slower = 1 + number / 100  # one per cent of the first run's time with each run
    return {step: usual * slower * luck.lognormvariate(0, 0.25) for step, usual in _USUAL.items()}


def _shared(luck: Random, number: int) -> Seconds:
    load = luck.lognormvariate(0, 0.5)  # on a busy day all steps are slow
    return {step: usual * load * luck.lognormvariate(0, 0.2) for step, usual in _USUAL.items()}


def _heavy(luck: Random, number: int) -> Seconds:
    return {step: usual * luck.paretovariate(2.5) for step, usual in _USUAL.items()}


FAMILIES: Mapping[str, Family] = {
    "lognormal": _lognormal,
    "gamma": _gamma,
    "steady": _steady,
    "bimodal": _bimodal,
    "drifting": _drifting,
    "shared load": _shared,
    "heavy tail": _heavy,
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: held-out runs for each family and length of history."""

    runs: int = 400
    seed: int = 7


def measure(size: Size) -> Outcome:
    """Return how often the range held, for each family, each length of history, and over all."""
    held = {(name, n): held_share(name, n, size) for name in FAMILIES for n in HISTORIES}
    families = [_figure(name, [held[name, n] for n in HISTORIES]) for name in FAMILIES]
    lengths = [
        _figure(f"{n} earlier runs", [held[name, n] for name in FAMILIES]) for n in HISTORIES
    ]
    total = sum(held.values()) / len(held)
    looks = f"{len(held) * size.runs:,} held-out runs, seed {size.seed}."
    spans = "A family's rounds are histories of " + ", ".join(str(n) for n in HISTORIES) + " runs."
    return Outcome(
        "The range of the time left holds nine times out of ten (85 to 95 %)",
        (_figure("over all", [total]), *families, *lengths),
        remarks=(looks, spans),
    )


def _figure(name: str, shares: Sequence[float]) -> Figure:
    return Figure(f"held, {name}", "%", tuple(100 * share for share in shares), True)


def held_share(family: str, history: int, size: Size) -> float:
    """Return how often the range held what came, from 0 to 1."""
    luck = Random(f"{size.seed} {family} {history}")
    held = sum(_held(FAMILIES[family], history, luck) for _ in range(size.runs))
    return held / size.runs


def _held(family: Family, history: int, luck: Random) -> bool:
    first = luck.randrange(40)  # where a drift is when the history begins
    past = [family(luck, first + number) for number in range(history)]
    seconds = family(luck, first + history)
    ends = _ends(seconds)
    looked = luck.random() * max(ends.values())
    said = time_left(past, seconds, looked)
    real = timedelta(seconds=max(ends.values()) - looked)
    return said is not None and said.low <= real <= said.high


def time_left(past: Sequence[Seconds], seconds: Seconds, looked: float) -> TimeLeft | None:
    """Return what is said of a run, so many seconds after its begin.

    Args:
        past: Seconds by step of the earlier runs, oldest first.
        seconds: Of the run itself; only what has ended by then is told.
        looked: When it is looked at.
    """
    last = list(enumerate(past))[-estimates.runs_for(_WORKFLOW) :]  # as the store is asked for them
    times = [
        StepTime(f"r{number}", step, took)
        for number, one in reversed(last)
        for step, took in one.items()
    ]
    now = _BEGAN + timedelta(seconds=looked)
    run = _run_at(seconds, looked)
    return estimates.estimate(_WORKFLOW, run, estimates.past(times), now).run


def _ends(seconds: Seconds) -> Mapping[str, float]:
    ends: dict[str, float] = {}
    for step in _WORKFLOW.steps:
        begun = max((ends[need] for need in step.needs), default=0.0)
        ends[step.id] = begun + seconds[step.id]
    return ends


def _run_at(seconds: Seconds, looked: float) -> Run:
    """Return a run as its history shows it at a moment: what is under way leaves no trace yet."""
    ended = {
        step: StepState(
            StepStatus.SUCCEEDED,
            started_at=_BEGAN + timedelta(seconds=end - seconds[step]),
            ended_at=_BEGAN + timedelta(seconds=end),
        )
        for step, end in _ends(seconds).items()
        if end <= looked
    }
    run = Run("r1", "release", 1, {}, Who("U1", "Ana"), None, _BEGAN)
    return run.with_steps(ended)


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=Size().runs, help="held-out runs a case")
    parser.add_argument("--seed", type=int, default=Size().seed)
    given = parser.parse_args()
    report(measure(Size(given.runs, given.seed)))


if __name__ == "__main__":
    main()
