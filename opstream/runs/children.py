"""Runs that a step starts: each with an id of its own that follows from run, step and attempt."""

from contextlib import suppress

from opstream.definitions import inputs as given_inputs
from opstream.definitions.catalog import Catalog
from opstream.domain import history as h
from opstream.domain.audit import AuditEntry
from opstream.domain.effects import StartRun
from opstream.domain.run import Run
from opstream.engine.evolve import begin
from opstream.errors import BadInput, NotFound, OperationFailed, RunMovedOn
from opstream.ports import Clock, RunQueue
from opstream.runs import ids
from opstream.runs.journal import Journal

DEEPEST = 10


class Children:
    """Starts runs for steps of other runs."""

    def __init__(self, journal: Journal, catalog: Catalog, queue: RunQueue, clock: Clock) -> None:
        self._journal = journal
        self._catalog = catalog
        self._queue = queue
        self._clock = clock

    async def start(self, run: Run, effect: StartRun) -> h.ChildStarted:
        """Start the run that a step wants, or find the one that it started before.

        Raises:
            OperationFailed: there is no such workflow, its inputs do not fit, or runs start each other
                without an end.
        """
        depth = run.parent.depth + 1 if run.parent else 1
        if depth > DEEPEST:
            said = (
                f"{DEEPEST} runs have started each other already, and `{effect.workflow}` would be "
                "one more. Check whether a workflow runs itself."
            )
            raise OperationFailed(said, kind="invalid", retryable=False)
        try:
            workflow = self._catalog.latest(effect.workflow)
            inputs = given_inputs.read(workflow, effect.inputs)
        except (NotFound, BadInput) as error:
            raise OperationFailed(str(error), kind="invalid", retryable=False) from error
        now, parent = self._clock.now(), h.Parent(run.id, effect.step, depth)
        child_id = ids.of_request(f"child:{run.id}:{effect.step}:{effect.attempt}")
        fact = h.RunStarted(
            now,
            workflow.id,
            workflow.version,
            inputs,
            run.by,
            run.place,
            parent=parent,
            trigger=f"a step of `{run.id}`",
        )
        entry = AuditEntry(now, run.by, "run.started", child_id, workflow.id)
        with suppress(RunMovedOn):  # it was started before a crash
            await self._journal.begin(workflow, begin(child_id, fact), fact, entry)
        self._queue.put(child_id, workflow.limits.priority)
        return h.ChildStarted(now, effect.step, child_id)
