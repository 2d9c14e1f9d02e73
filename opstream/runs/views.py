"""A run as people see it: with its recipe, the time left, and who may decide."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from opstream.domain.approval import Verdict
from opstream.domain.run import Run, RunView
from opstream.governance.people import People
from opstream.ports import Clock, RunStore
from opstream.runs import estimates
from opstream.runs.journal import Loaded

_A_MOMENT = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class _Estimate:
    at: datetime
    left: timedelta | None
    samples: int


class Views:
    """Makes views; remembers how long steps took until another run of the workflow has ended."""

    def __init__(self, store: RunStore, people: People, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._clock = clock
        self._seconds: dict[str, estimates.Seconds] = {}
        self._asking = asyncio.Lock()  # many runs of a workflow want the same answer at once
        self._estimates: dict[str, _Estimate] = {}

    async def of(self, loaded: Loaded, under_way: frozenset[str] = frozenset()) -> RunView:
        """Return the view of a run; `under_way` are the steps whose calls are being made."""
        estimate = await self._estimate(loaded, hurried=bool(under_way))
        return RunView(
            workflow=loaded.workflow,
            run=loaded.run,
            left=estimate.left,
            samples=estimate.samples,
            under_way=under_way,
            deciders=self._deciders(loaded.run),
        )

    async def _estimate(self, loaded: Loaded, *, hurried: bool) -> _Estimate:
        """Return the time left; of a run in full swing, the figure of a moment ago will do."""
        run, now = loaded.run, self._clock.now()
        estimate = self._estimates.pop(run.id, None)
        if estimate is None or not hurried or abs(now - estimate.at) >= _A_MOMENT:
            before = await self._before(run)
            samples = max((len(one) for one in before.values()), default=0)
            left = estimates.left(loaded.workflow, run, before, now)
            estimate = _Estimate(now, left, samples)
        if hurried:  # a run at rest leaves nothing in memory
            self._estimates[run.id] = estimate
        return estimate

    async def _before(self, run: Run) -> estimates.Seconds:
        if run.status.ended:
            self._seconds.pop(run.workflow_id, None)
            return {}
        if (known := self._seconds.get(run.workflow_id)) is not None:
            return known
        async with self._asking:
            if run.workflow_id not in self._seconds:
                found = await self._store.step_seconds(run.workflow_id)
                self._seconds[run.workflow_id] = found
            return self._seconds[run.workflow_id]

    def _deciders(self, run: Run) -> Mapping[str, tuple[str, ...]]:
        return {
            step: self._people.deciders(state.approval.rule, run.by)
            for step, state in run.open.items()
            if state.approval is not None and state.approval.verdict is Verdict.OPEN
        }
