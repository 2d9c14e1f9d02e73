"""A run as people see it: with its recipe, the time left, and who may decide."""

from collections.abc import Mapping, Sequence

from opstream.domain.approval import Verdict
from opstream.domain.run import Run, RunView
from opstream.governance.people import People
from opstream.ports import Clock, RunStore
from opstream.runs import estimates
from opstream.runs.journal import Loaded


class Views:
    """Makes views; remembers how long steps took until another run of the workflow has ended."""

    def __init__(self, store: RunStore, people: People, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._clock = clock
        self._seconds: dict[str, Mapping[str, Sequence[float]]] = {}

    async def of(self, loaded: Loaded, under_way: frozenset[str] = frozenset()) -> RunView:
        """Return the view of a run; `under_way` are the steps whose calls are being made."""
        run, workflow = loaded.run, loaded.workflow
        before = await self._before(run)
        return RunView(
            workflow=workflow,
            run=run,
            left=estimates.left(workflow, run, before, self._clock.now()),
            samples=max((len(samples) for samples in before.values()), default=0),
            under_way=under_way,
            deciders=self._deciders(run),
        )

    async def _before(self, run: Run) -> Mapping[str, Sequence[float]]:
        if run.status.ended:
            self._seconds.pop(run.workflow_id, None)
            return {}
        if run.workflow_id not in self._seconds:
            self._seconds[run.workflow_id] = await self._store.step_seconds(run.workflow_id)
        return self._seconds[run.workflow_id]

    def _deciders(self, run: Run) -> Mapping[str, tuple[str, ...]]:
        return {
            step: self._people.deciders(state.approval.rule, run.by)
            for step, state in run.steps.items()
            if state.approval is not None and state.approval.verdict is Verdict.OPEN
        }
