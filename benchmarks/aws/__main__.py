"""`python -m benchmarks.aws`: AWS's MCP servers as published, under the shipped workflows, end to end.

It builds what is missing under `build/aws`, starts a double of AWS and a real install on SQLite, lets
each workflow run to its end (Ana starts it, Bo says yes), looks at what came of it, and prints a table.
Exits with 1 when anything is not as it should be, and with 0 and a word of it when the package index
cannot be reached.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.aws import environments
from benchmarks.aws.install import Double, Watch, doubled, installed
from benchmarks.engine import ANA, BO
from benchmarks.measure import tell
from opstream.domain.approval import Grant
from opstream.domain.run import Run
from opstream.services import Services

_LONGEST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Story:
    """A workflow to run, and what must come of it.

    Args:
        wish: What the double is told first.
        approves: The step in which Bo has to be asked; None when nobody has to.
        told: Words that its result must have.
    """

    workflow: str
    inputs: Mapping[str, str]
    told: Sequence[str]
    approves: str | None = None
    wish: str = ""
    outcome: str = "succeeded"


STORIES = (
    Story("older_profiling", {"service": "checkout"}, ("3 tools looked",)),
    Story("application_profiling", {"service": "payments"}, ("healthy", "nothing to fix")),
    Story("application_profiling", {"service": "checkout"}, ("is better", "p99 fell"), "approve"),
    Story("slo_monitoring", {}, ("met again",), "approve", wish="break"),
    Story("older_slo_monitoring", {}, ("met again",), "approve", wish="break"),
    Story("slo_monitoring", {}, ("not authorized",), wish="deny", outcome="failed"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a story."""

    story: Story
    run: Run
    seconds: float
    asked: str | None

    @property
    def said(self) -> str:
        """What the run says at its end."""
        errors = [step.error for step in self.run.steps.values() if step.error]
        return str(self.run.result or "") or " ".join([self.run.reason, *errors])

    @property
    def faults(self) -> list[str]:
        """What is not as it should be."""
        found = []
        if str(self.run.outcome) != self.story.outcome:
            found.append(f"it {self.run.outcome}, not {self.story.outcome}")
        found += [f"it does not say “{one}”" for one in self.story.told if one not in self.said]
        if self.asked != self.story.approves:
            found.append(f"it asked in {self.asked!r}, not in {self.story.approves!r}")
        return found


def main() -> int:
    """Build, run, tell; return the exit code."""
    began = perf_counter()
    try:
        environments.build()
    except environments.NotReachable as error:
        tell(
            f"Skipped: the package index cannot be reached, and build/aws is not complete. {error}"
        )
        return 0
    except RuntimeError as error:
        tell(str(error))
        return 1
    built = perf_counter() - began
    with TemporaryDirectory(prefix="opstream-aws-") as folder, doubled(Path(folder)) as double:
        found = asyncio.run(_run(Path(folder), double))
    _table(found)
    faults = [f"{one.story.workflow}: {fault}." for one in found for fault in one.faults]
    for fault in faults:
        tell(fault)
    whole = perf_counter() - began
    tell(f"\nEnvironments {built:.0f} s, all {whole:.0f} s; {len(faults) or 'no'} faults.")
    return 1 if faults else 0


async def _run(folder: Path, double: Double) -> list[Told]:
    async with installed(folder, double) as (services, watch):
        return [await _told(story, services, watch, double) for story in STORIES]


async def _told(story: Story, services: Services, watch: Watch, double: Double) -> Told:
    if story.wish:
        await asyncio.to_thread(double.wish, story.wish)
    began = perf_counter()
    async with asyncio.timeout(_LONGEST_SECONDS):
        run = await services.runs.start(story.workflow, story.inputs, by=ANA, place=None)
        asked = await watch.asks_or_ends(run.id)
        if asked is not None:
            await services.runs.answer_approval(run.id, asked, 1, Grant(), by=BO)
        ended = await watch.end(run.id)
    return Told(story, ended, perf_counter() - began, asked)


def _table(found: Sequence[Told]) -> None:
    tell(f"\n{'workflow':<24}{'service':<11}{'steps':>5}{'took':>8}  {'asked':<7}{'ended':<11}said")
    for one in found:
        service = one.story.inputs.get("service", "all")
        steps = sum(1 for _ in one.run.steps)
        asked, said = ("Bo" if one.asked else "nobody"), " ".join(one.said.split())
        shown = said if len(said) <= 140 else f"{said[:139]}…"
        tell(
            f"{one.story.workflow:<24}{service:<11}{steps:>5}{one.seconds:>7.1f}s  {asked:<7}"
            f"{one.run.outcome!s:<11}{shown}"
        )


if __name__ == "__main__":
    sys.exit(main())
