"""settle: everything that follows from some facts without asking the outside world, in one go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from opstream.domain.effects import Finish, Record, Work
from opstream.domain.history import Fact, RunFact, StepFailed
from opstream.domain.run import Run, RunStatus
from opstream.domain.workflow import Workflow
from opstream.engine.decide import decide
from opstream.engine.evolve import evolve
from opstream.engine.timely import is_timely


@dataclass(frozen=True, slots=True)
class Settled:
    """A run after some facts and all that follows from them; `calls` are what is left to do."""

    run: Run
    facts: tuple[Fact, ...]
    calls: tuple[Work, ...]


def settle(
    workflow: Workflow, run: Run, facts: Sequence[Fact], now: datetime, busy: frozenset[str]
) -> Settled:
    """Return the run after `facts` and their consequences, which one commit can hold.

    Facts that come too late are left out: the run may have ended, or begun anew, since they arose.

    Args:
        busy: Steps whose calls are under way; the run does not finish before they have ended.
    """
    all_facts: list[Fact] = []
    run = _taken_in(run, facts, all_facts)
    if len(all_facts) < len(facts):
        run = _with_late(run, facts)
    while True:
        effects = decide(workflow, run, now)
        new = [e.fact for e in effects if isinstance(e, Record) and not _waits(e.fact, busy)]
        ends = [e.fact for e in effects if isinstance(e, Finish)]
        after = _taken_in(run, new if busy else [*new, *ends], all_facts)
        if after is run:
            if run.status is RunStatus.ACTIVE and (run.moved is None or run.moved):
                run = replace(run, moved=frozenset())  # what follows from them is known now
            calls = (e for e in effects if isinstance(e, Work))
            return Settled(run, tuple(all_facts), tuple(c for c in calls if c.step not in busy))
        run = after


def _taken_in(run: Run, facts: Sequence[Fact], taken: list[Fact]) -> Run:
    """Return the run after those facts that still mean something, which are noted.

    Two steps may reach for one letter, or call for the end of one loop: the first one has it.
    """
    for fact in facts:
        if is_timely(run, fact):
            run = evolve(run, fact)
            taken.append(fact)
    return run


def _with_late(run: Run, facts: Sequence[Fact]) -> Run:
    """Return the run with the steps of facts that came too late: their calls have ended all the same."""
    if run.moved is None:
        return run
    steps = (fact.step for fact in facts if not isinstance(fact, RunFact))
    return replace(run, moved=run.moved.union(steps))


def _waits(fact: Fact, busy: frozenset[str]) -> bool:
    """Return whether a fact has to wait for calls under way: its step's own, or those in its loop."""
    step = getattr(fact, "step", None)
    if not busy or step is None:
        return False
    if isinstance(fact, StepFailed):
        inside = f"{step}["
        return step in busy or any(one.startswith(inside) for one in busy)
    return step in busy
