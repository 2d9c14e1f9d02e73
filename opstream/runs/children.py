"""Runs that a step starts: each with an id of its own that follows from run, step and attempt."""

from opstream.definitions import inputs as given_inputs
from opstream.definitions.catalog import Catalog
from opstream.domain import history as h
from opstream.domain.effects import StartRun
from opstream.domain.run import Run
from opstream.errors import BadInput, NotFound, OperationFailed, TooLate
from opstream.ports import Clock
from opstream.runs import ids
from opstream.runs.starting import Starter

DEEPEST = 10


class Children:
    """Starts runs for steps of other runs."""

    def __init__(self, catalog: Catalog, starter: Starter, clock: Clock) -> None:
        self._catalog = catalog
        self._starter = starter
        self._clock = clock

    async def start(self, run: Run, effect: StartRun) -> h.ChildStarted:
        """Start the run that a step wants, or find the one that it started before.

        It may be queued, as any run: the step waits for it all the same.

        Raises:
            OperationFailed: there is no such workflow, its inputs do not fit, it skips starts while it is
                active, or runs start each other without an end.
        """
        depth = run.parent.depth + 1 if run.parent else 1
        if depth > DEEPEST:
            said = (
                f"{DEEPEST} runs have started each other already, and `{effect.workflow}` would be "
                "one more. Check whether a workflow runs itself."
            )
            raise OperationFailed(said, kind="invalid", retryable=False)
        child_id = ids.of_child(run.id, effect.step, effect.attempt)
        try:
            workflow = self._catalog.latest(effect.workflow)
            inputs = given_inputs.read(workflow, effect.inputs)
            parent = h.Parent(run.id, effect.step, depth)
            await self._starter.start_child(child_id, workflow, inputs, run, parent)
        except (NotFound, BadInput) as error:
            raise OperationFailed(str(error), kind="invalid", retryable=False) from error
        except TooLate as error:
            raise OperationFailed(str(error), kind="refused", retryable=False) from error
        return h.ChildStarted(self._clock.now(), effect.step, child_id)
