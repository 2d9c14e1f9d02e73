"""What all benchmarks share: percentiles, rounds, the machine they ran on, and how they tell."""

import importlib.metadata
import json
import math
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
_SHOWN = ("slack-bolt", "slack-sdk", "aiohttp", "mcp", "sqlmodel", "apscheduler")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing: a value a round, in the order of the rounds.

    Args:
        more_is_better: Decides which round counts as the best.
    """

    name: str
    unit: str
    rounds: tuple[float, ...]
    more_is_better: bool = False

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.rounds)

    @property
    def best(self) -> float:
        """The quietest round."""
        return max(self.rounds) if self.more_is_better else min(self.rounds)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How two figures compare, round by round; the bar is what PRODUCT promises, if it does."""

    name: str
    rounds: tuple[float, ...]
    bar: str = ""

    @property
    def median(self) -> float:
        """The middle round."""
        return median(self.rounds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one benchmark found."""

    claim: str
    figures: tuple[Figure, ...]
    ratios: tuple[Ratio, ...] = ()
    remarks: tuple[str, ...] = ()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed: nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ratio(name: str, above: Figure, below: Figure, bar: str = "") -> Ratio:
    """Compare two figures that were measured in the same rounds."""
    pairs = zip(above.rounds, below.rounds, strict=True)
    return Ratio(name, tuple(one / other for one, other in pairs), bar)


def tell(line: str = "") -> None:
    """Write a line where people read it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def report(outcome: Outcome) -> None:
    """Write what a benchmark found as lines for people."""
    tell(f"\n{outcome.claim}")
    for figure in outcome.figures:
        tell(
            f"  {figure.name:<52} {_number(figure.median):>10} {figure.unit:<6}"
            f" [best {_number(figure.best)}; {len(figure.rounds)} rounds]"
        )
    for one in outcome.ratios:
        low, high = min(one.rounds), max(one.rounds)
        bar = f"; bar {one.bar}" if one.bar else ""
        tell(f"  → {one.name:<50} {one.median:>10.2f} x      [{low:.2f} to {high:.2f}{bar}]")
    for remark in outcome.remarks:
        tell(f"  {remark}")


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return everything as JSON, for machines."""
    found = {"context": context(), "outcomes": [asdict(outcome) for outcome in outcomes]}
    return json.dumps(found, indent=2)


def context() -> dict[str, str]:
    """Describe the machine and the versions that a figure depends on."""
    versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in _SHOWN)
    described = {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "versions": versions,
    }
    if hasattr(os, "getloadavg"):
        described["load"] = " ".join(f"{one:.2f}" for one in os.getloadavg())
    return described


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder beside the checkout, on its disk (not in memory), and remove it afterwards."""
    above = ROOT / "build"
    above.mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="bench-", dir=above))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
