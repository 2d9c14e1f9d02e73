"""settle: everything that follows from some facts without asking the outside world, in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from opstream.domain.effects import Finish, Perform, Record
from opstream.domain.history import Fact
from opstream.domain.run import Run
from opstream.domain.workflow import Workflow
from opstream.engine.decide import decide
from opstream.engine.evolve import evolve
from opstream.engine.timely import is_timely


@dataclass(frozen=True, slots=True)
class Settled:
    """A run after some facts and all that follows from them; `calls` are what is left to do."""

    run: Run
    facts: tuple[Fact, ...]
    calls: tuple[Perform, ...]


def settle(
    workflow: Workflow, run: Run, facts: Sequence[Fact], now: datetime, busy: frozenset[str]
) -> Settled:
    """Return the run after `facts` and their consequences, which one commit can hold.

    Facts that come too late are left out: the run may have ended, or begun anew, since they arose.

    Args:
        busy: Steps whose calls are under way; the run does not finish before they have ended.
    """
    all_facts: list[Fact] = []
    for fact in facts:
        if is_timely(run, fact):
            run = evolve(run, fact)
            all_facts.append(fact)
    while True:
        effects = decide(workflow, run, now)
        new = [e.fact for e in effects if isinstance(e, Record) and _step_of(e.fact) not in busy]
        if not busy:
            new += [e.fact for e in effects if isinstance(e, Finish)]
        if not new:
            calls = (e for e in effects if isinstance(e, Perform))
            return Settled(run, tuple(all_facts), tuple(c for c in calls if c.step not in busy))
        for fact in new:
            run = evolve(run, fact)
        all_facts += new


def _step_of(fact: Fact) -> str | None:
    return getattr(fact, "step", None)
