"""What starts when a run has ended: a duty of that run, done once however often it is tried."""

import re
from collections.abc import Iterator

import structlog

from opstream.domain.audit import AuditEntry
from opstream.domain.person import Person, Role
from opstream.domain.run import Run
from opstream.domain.trigger import AfterRun
from opstream.domain.values import JsonObject
from opstream.domain.workflow import Workflow
from opstream.ports import AuditTrail, Clock
from opstream.runs.journal import Loaded
from opstream.runs.triggers import Triggers, Wanted

log = structlog.get_logger(__name__)

LONGEST_CHAIN = 10
_LINK = re.compile(r"link (\d+) of a chain$")


class Follow:
    """Starts the workflows that wait for a run's end, in the name of who started that run.

    A chain of runs that start each other ends after `LONGEST_CHAIN` of them, with a word in the audit.
    """

    def __init__(self, triggers: Triggers, audit: AuditTrail, clock: Clock) -> None:
        self._triggers = triggers
        self._audit = audit
        self._clock = clock

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether anything waits for this end."""
        return any(True for _ in self._following(loaded))

    async def do(self, loaded: Loaded) -> None:
        """Start what follows; the same end starts it once.

        Raises:
            StoreUnavailable: the database does not answer; the duty remains.
        """
        run, link = loaded.run, link_of(loaded.run) + 1
        if link > LONGEST_CHAIN:
            await self._too_long(run)
            return
        by = Person(run.by.id, run.by.name, frozenset({Role.OPERATOR}))
        words = f"the end of `{run.id}`, link {link} of a chain"
        key = f"after:{run.id}:{run.retries}"
        started = await self._triggers.start_all(
            Wanted(workflow, one.inputs, {"run": _end_of(run)}, key, by, words, run.place)
            for workflow, one in self._following(loaded)
        )
        for error in started.refused:
            await self._note(run, "trigger.refused", str(error))

    def _following(self, loaded: Loaded) -> Iterator[tuple[Workflow, AfterRun]]:
        outcome = loaded.run.outcome
        for workflow, one in self._triggers.waiting(AfterRun):
            ours = outcome is not None and one.workflow == loaded.workflow.id
            if ours and outcome in one.outcomes:  # an outcome is its word
                yield workflow, one

    async def _too_long(self, run: Run) -> None:
        log.warning("chain_stopped", run=run.id, workflow=run.workflow_id, links=LONGEST_CHAIN)
        said = (
            f"{LONGEST_CHAIN} runs in a row have started each other, so nothing follows this one. "
            "Check whether the triggers of these workflows lead in a circle."
        )
        await self._note(run, "trigger.stopped", said)

    async def _note(self, run: Run, deed: str, detail: str) -> None:
        now = self._clock.now()
        await self._audit.record(AuditEntry(now, run.by, deed, run.id, detail, "refused"))


def link_of(run: Run) -> int:
    """Return how many runs started each other up to this one; 0 for one that no run started."""
    found = _LINK.search(run.trigger)
    return int(found[1]) if found else 0


def _end_of(run: Run) -> JsonObject:
    return {
        "id": run.id,
        "workflow": run.workflow_id,
        "outcome": run.outcome.value if run.outcome else "",
        "result": run.result,
        "reason": run.reason,
    }
