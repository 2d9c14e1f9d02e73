"""All that a judgement rests on: the database as it lies there, the recordings, the diaries."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, create_engine, select
from sqlalchemy.exc import OperationalError

from benchmarks.chaos.diary import Diary
from benchmarks.chaos.recordings import Phase, Record
from opstream.adapters.store import facts as stored_facts
from opstream.adapters.store.tables import ApprovalRow, FactRow, RunRow, WaitRow, table
from opstream.adapters.store.tables_of_people import AuditRow
from opstream.domain.history import Fact, RunStarted
from opstream.domain.run import Run
from opstream.domain.workflow import Step, Workflow
from opstream.engine.evolve import replay

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """One run: what its journal says, and what the tools saw of it.

    Args:
        row: Of the table of runs.
        sequence: The numbers under which its facts stand.
        records: With their position among all recordings.
    """

    id: str
    workflow: Workflow
    row: Row
    facts: Sequence[Fact]
    sequence: Sequence[int]
    records: Sequence[tuple[int, Record]]

    @property
    def began(self) -> RunStarted:
        """Its first fact."""
        first = self.facts[0]
        assert isinstance(first, RunStarted)
        return first

    def run(self) -> Run:
        """Return what its facts add up to."""
        return replay(self.id, self.facts)

    def noted(self, phase: Phase) -> list[tuple[int, Record]]:
        """Return the recordings of a phase, in order."""
        return [(at, one) for at, one in self.records if one.phase is phase]

    def effects(self) -> dict[str, list[tuple[int, Record]]]:
        """Return the effects by the path of their step, in order."""
        found: dict[str, list[tuple[int, Record]]] = defaultdict(list)
        for at, one in self.noted(Phase.APPLIED):
            found[one.step].append((at, one))
        return found

    def of(self, step: str, *kinds: type) -> list[Any]:
        """Return the facts of some kinds about a step, oldest first."""
        return [f for f in self.facts if isinstance(f, kinds) and getattr(f, "step", "") == step]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything.

    Args:
        strangers: Recordings of runs that the database does not know.
        shown: How runs ended as people were told, a line an end.
        deaths: Of processes that nobody had wished for, as sentences.
    """

    stories: Mapping[str, Story]
    diary: Diary
    approvals: Sequence[Row] = ()
    audit: Sequence[Row] = ()
    waits: Sequence[Row] = ()
    strangers: Sequence[Record] = ()
    shown: Sequence[Row] = ()
    deaths: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of a database."""

    runs: Sequence[Row]
    facts: Sequence[Row]
    approvals: Sequence[Row]
    audit: Sequence[Row]
    waits: Sequence[Row]


def tables(address: str) -> Tables:
    """Read a database that nobody writes to any more; `address` is one of SQLAlchemy's."""
    engine = create_engine(address)
    try:
        return Tables(
            runs=_rows(engine, table(RunRow), "started_at"),
            facts=_rows(engine, table(FactRow), "run_id", "seq"),
            approvals=_rows(engine, table(ApprovalRow), "id"),
            audit=_rows(engine, table(AuditRow), "seq"),
            waits=_rows(engine, table(WaitRow), "run_id"),
        )
    finally:
        engine.dispose()


def idle(address: str) -> bool:
    """Return whether no run has anything to do, not even to tell somebody of its end.

    False as well while the database is still getting up after its last death.
    """
    engine = create_engine(address)
    query = select(table(RunRow).c.id).where(table(RunRow).c.has_work)
    try:
        with engine.connect() as connection:
            return connection.execute(query).first() is None
    except OperationalError:
        return False
    finally:
        engine.dispose()


def _rows(engine: Engine, of: Table, *order: str) -> list[Row]:
    with engine.connect() as connection:
        found = connection.execute(select(of).order_by(*(of.c[name] for name in order)))
        return [dict(row) for row in found.mappings()]


def stories(
    found: Tables, records: Sequence[Record], workflows: Mapping[str, Workflow]
) -> dict[str, Story]:
    """Put together what belongs to each run."""
    facts: dict[str, list[Row]] = defaultdict(list)
    for row in found.facts:
        facts[row["run_id"]].append(row)
    noted: dict[str, list[tuple[int, Record]]] = defaultdict(list)
    for at, record in enumerate(records):
        noted[record.run].append((at, record))
    return {
        row["id"]: Story(
            row["id"],
            workflows[row["workflow_id"]],
            row,
            tuple(stored_facts.decode(one["body"]) for one in facts[row["id"]]),
            tuple(one["seq"] for one in facts[row["id"]]),
            tuple(noted[row["id"]]),
        )
        for row in found.runs
    }


def shown(file: Path) -> list[Row]:
    """Return how runs ended as people were told."""
    lines = file.read_bytes().split(b"\n") if file.exists() else []
    return [json.loads(line) for line in lines[:-1]]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a step stands in its workflow.

    Args:
        needs: Paths of all that must have ended before it, also of what a loop around it needs.
        undoes: Whether it takes back the step.
    """

    step: Step
    needs: tuple[str, ...]
    undoes: bool = False


def spot(workflow: Workflow, path: str) -> Spot:
    """Return where a path such as `each[3].fetch` or `book.undo` leads."""
    steps, above, needs = workflow.steps, "", list[str]()
    found: Step | None = None
    for part in path.split("."):
        if part == "undo" and found is not None:
            return Spot(found, (), undoes=True)
        name, bracket, _ = part.partition("[")
        found = next(step for step in steps if step.id == name)
        needs += [f"{above}{need}" for need in found.needs]
        if bracket:
            steps, above = found.work.steps, f"{above}{part}."  # type: ignore[union-attr]  # a loop
    assert found is not None
    return Spot(found, tuple(needs))
