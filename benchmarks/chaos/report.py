"""What a run of the chaos found, for people: a table, and a folder for each culprit."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.chaos.evidence import Evidence, Story
from benchmarks.chaos.judging import Promise, Violation
from benchmarks.chaos.recordings import Phase
from opstream.adapters.store import facts as stored_facts
from opstream.domain import history as h

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the chaos came to.

    Args:
        seconds: How long it took, until the last run had ended.
    """

    evidence: Evidence
    violations: Sequence[Violation]
    strikes: Mapping[str, int]
    seconds: float


def lines(outcome: Outcome) -> list[str]:
    """Return the summary, line by line."""
    found = [*_strikes(outcome), "", *_work(outcome.evidence), "", *_verdicts(outcome)]
    for one in outcome.violations[:_SHOWN]:
        found.append(f"  VIOLATION {one.run or '-'}: {one.promise} — {one.sentence}")
    if len(outcome.violations) > _SHOWN:
        found.append(f"  … and {len(outcome.violations) - _SHOWN} more")
    return found


def _strikes(outcome: Outcome) -> list[str]:
    struck = [f"  {kind:<40}{count:>8}" for kind, count in sorted(outcome.strikes.items())]
    return [f"What was done to it in {outcome.seconds:.0f} s", *struck]


def _work(evidence: Evidence) -> list[str]:
    stories = evidence.stories.values()
    workflows = Counter(story.workflow.id for story in stories)
    ends = Counter(str(story.row["status"]) for story in stories)
    phases = Counter(record.phase for story in stories for _, record in story.records)
    asked = sum(isinstance(fact, h.StepDoubted) for story in stories for fact in story.facts)
    counted = {
        "runs": len(evidence.stories),
        "facts": sum(len(story.facts) for story in stories),
        "calls that reached a tool": phases[Phase.BEGAN],
        "effects": phases[Phase.APPLIED],
        "repetitions that a tool knew by their key": phases[Phase.DEDUPLICATED],
        "writes of unknown outcome, asked about": asked,
        "answers of people, acknowledged": sum(one.told == "done" for one in evidence.diary.deeds),
        "answers of people, cut off or too late": sum(
            one.told in ("nothing", "TooLate") for one in evidence.diary.deeds
        ),
    }
    return [
        "What it did meanwhile",
        *(f"  {name:<42}{count:>6}" for name, count in counted.items()),
        f"  {_listed(workflows)}",
        f"  {_listed(ends)}",
    ]


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _verdicts(outcome: Outcome) -> list[str]:
    broken = Counter(one.promise for one in outcome.violations)
    rows = [f"  {promise:<42}{broken[promise] or 'kept':>6}" for promise in Promise]
    return ["What was promised", *rows]


def save(outcome: Outcome, folder: Path, logs: Sequence[Path] = ()) -> None:
    """Write down, for each run that broke a promise, all that is known of it, and keep the logs."""
    folder.mkdir(parents=True, exist_ok=True)
    for log in logs:
        shutil.copy(log, folder)
    for one in outcome.violations:
        with (folder / f"{one.run or 'all'}.txt").open("a", encoding="utf-8") as file:
            file.write(f"{one.promise}: {one.sentence}\n")
    stories, diary = outcome.evidence.stories, outcome.evidence.diary
    culprits = {one.run for one in outcome.violations} & set(stories)
    parents = {story.began.parent.run for story in _of(stories, culprits) if story.began.parent}
    for story in _of(stories, culprits | parents):
        run = story.id
        with (folder / f"{run}.txt").open("a", encoding="utf-8") as file:
            file.write(f"\nstored row\n{dict(story.row)}\n\nhistory\n")
            file.writelines(f"{stored_facts.encode(fact)}\n" for fact in story.facts)
            file.write("\nrecordings, by their position\n")
            file.writelines(f"{at} {json.dumps(asdict(one))}\n" for at, one in story.records)
            file.write("\nwhat people did\n")
            file.writelines(f"{deed}\n" for deed in diary.deeds if deed.run == run)


def _of(stories: Mapping[str, Story], runs: Iterable[str]) -> list[Story]:
    return [stories[run] for run in runs if run in stories]
