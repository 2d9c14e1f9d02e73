"""How a change that a person wants becomes facts: permission, audit, and a commit that wins its race."""

from collections.abc import Awaitable, Callable, Sequence

from opstream.domain import history as h
from opstream.domain.audit import AuditEntry
from opstream.domain.person import Person
from opstream.domain.run import Run
from opstream.errors import NotAllowed, RunMovedOn
from opstream.governance.guard import Deed, Guard
from opstream.governance.permissions import About
from opstream.ports import Clock, RunQueue
from opstream.runs.journal import Journal, Loaded

Change = Callable[[Loaded], Sequence[h.Fact]]
"""What a wish turns into, given where the run is; no facts mean that nothing is to be changed."""


class Changes:
    """Commits what people want of runs."""

    def __init__(self, journal: Journal, queue: RunQueue, clock: Clock, guard: Guard) -> None:
        self._journal = journal
        self._queue = queue
        self._clock = clock
        self._guard = guard

    async def make(
        self,
        run_id: str,
        by: Person,
        deed: Deed,
        change: Change,
        prepare: Callable[[Loaded], Awaitable[Loaded]] | None = None,
    ) -> Run:
        """Commit a change, however often others get in between, and ask for a look.

        Args:
            run_id: Of the run to change.
            by: Who wants it.
            deed: What it is.
            change: What it turns into.
            prepare: Gives the run another version of its workflow before.

        Raises:
            NotAllowed: the person may not do this.
            NotFound: there is no such run.
        """
        while True:
            loaded = await self._journal.load(run_id)
            await self._guard.require(by, deed, run_id, About(loaded.workflow.id))
            if prepare is not None:
                loaded = await prepare(loaded)
            try:
                facts = change(loaded)
            except NotAllowed as error:
                await self._guard.refuse(by, deed, run_id, error)
            if not facts:
                return loaded.run
            entry = AuditEntry(self._clock.now(), by.who, deed.name, run_id, _detail(facts))
            try:
                loaded = await self._journal.append(loaded, facts, (entry,))
            except RunMovedOn:
                continue
            self._queue.put(run_id, loaded.workflow.limits.priority)
            return loaded.run


def _detail(facts: Sequence[h.Fact]) -> str:
    return ", ".join(f"{fact.kind} {getattr(fact, 'step', '')}".strip() for fact in facts)
