"""A run as people see it: with its recipe, the time left, and who may decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from opstream.domain.approval import Verdict
from opstream.domain.run import Run, RunView
from opstream.governance.people import People
from opstream.ports import Clock, RunStore
from opstream.runs import estimates
from opstream.runs.journal import Loaded

_A_MOMENT = timedelta(seconds=0.5)


class Views:
    """Makes views; remembers how long steps took until another run of the workflow has ended."""

    def __init__(self, store: RunStore, people: People, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._clock = clock
        self._seconds: dict[str, Mapping[str, Sequence[float]]] = {}
        self._estimates: dict[str, tuple[datetime, timedelta | None]] = {}

    async def of(self, loaded: Loaded, under_way: frozenset[str] = frozenset()) -> RunView:
        """Return the view of a run; `under_way` are the steps whose calls are being made."""
        run = loaded.run
        before = await self._before(run)
        return RunView(
            workflow=loaded.workflow,
            run=run,
            left=self._left(loaded, before, hurried=bool(under_way)),
            samples=max((len(samples) for samples in before.values()), default=0),
            under_way=under_way,
            deciders=self._deciders(run),
        )

    def _left(
        self, loaded: Loaded, before: estimates.Seconds, *, hurried: bool
    ) -> timedelta | None:
        """Return the time left; of a run in full swing, the figure of a moment ago will do."""
        run, now = loaded.run, self._clock.now()
        asked_at, left = self._estimates.pop(run.id, (None, None))
        if asked_at is None or not hurried or abs(now - asked_at) >= _A_MOMENT:
            asked_at, left = now, estimates.left(loaded.workflow, run, before, now)
        if hurried:  # a run at rest leaves nothing in memory
            self._estimates[run.id] = (asked_at, left)
        return left

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
            for step, state in run.open.items()
            if state.approval is not None and state.approval.verdict is Verdict.OPEN
        }
