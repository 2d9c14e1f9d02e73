"""A run as people see it: with its recipe, the time left, and who may decide."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from opstream.domain.approval import Verdict
from opstream.domain.memory import Case
from opstream.domain.person import Who
from opstream.domain.run import Run, RunStatus, RunView
from opstream.domain.spending import Spent
from opstream.domain.workflow import Agent, ForEach, Prompt, Step, Workflow
from opstream.governance.people import People
from opstream.ports import Clock, RunStore, UsageStore
from opstream.ports.deciding import DelegationStore
from opstream.runs import estimates
from opstream.runs.estimates import Estimate, Past
from opstream.runs.journal import Loaded

_A_MOMENT = timedelta(seconds=0.5)
_A_WHILE = timedelta(seconds=5)
_MANY = 20


@dataclass(slots=True)
class _Known:
    """What is known of a workflow's earlier runs, and what follows from it for one that begins."""

    past: Past
    at: datetime
    is_old: bool = False
    of_fresh_run: dict[int, Estimate] = field(default_factory=dict)  # by version of the workflow

    def will_do(self, now: datetime) -> bool:
        """Return whether it need not be asked for again: one more run of many changes little."""
        if not self.is_old:
            return True
        return len(self.past) >= _MANY and abs(now - self.at) < _A_WHILE


Similar = Callable[[Workflow, Run], Awaitable[Sequence[Case]]]


class Views:
    """Makes views; remembers how long steps took until another run of the workflow has ended.

    Args:
        similar: Finds earlier runs that failed as one did.
        usage: Knows what runs spent on models.
    """

    def __init__(
        self,
        store: RunStore,
        people: People,
        delegations: DelegationStore,
        clock: Clock,
        *,
        similar: Similar | None = None,
        usage: UsageStore | None = None,
    ) -> None:
        self._usage = usage
        self._similar = similar
        self._store = store
        self._people = people
        self._delegations = delegations
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._asking = asyncio.Lock()  # many runs of a workflow want the same answer at once
        self._estimates: dict[str, tuple[datetime, Estimate]] = {}

    async def of(self, loaded: Loaded, under_way: frozenset[str] = frozenset()) -> RunView:
        """Return the view of a run; `under_way` are the steps whose calls are being made."""
        deciders = self._deciders(loaded.run)
        estimate = await self._estimate(loaded, hurried=bool(under_way))
        left = estimate.run
        return RunView(
            workflow=loaded.workflow,
            run=loaded.run,
            left=left.likely if left else None,
            left_low=left.low if left else None,
            left_high=left.high if left else None,
            samples=estimate.samples,
            step_left=estimate.steps,
            under_way=under_way,
            deciders=deciders,
            away=await self._away() if deciders else {},
            cases=await self._cases(loaded),
            spent=None if under_way else await self._spent(loaded),
        )

    async def _cases(self, loaded: Loaded) -> tuple[Case, ...]:
        if self._similar is None or loaded.run.status is not RunStatus.FAILED:
            return ()
        return tuple(await self._similar(loaded.workflow, loaded.run))

    async def _spent(self, loaded: Loaded) -> Spent | None:
        """Return what a run spent on models; runs in full swing are not worth the question."""
        workflow = loaded.workflow
        if self._usage is None or workflow.conversation or not _asks_models(workflow.steps):
            return None
        return await self._usage.spent(run=loaded.run.id)

    async def _away(self) -> Mapping[str, Who]:
        found = await self._delegations.all(self._clock.now())
        return {one.person.id: one.delegate for one in found if one.delegate is not None}

    async def _estimate(self, loaded: Loaded, *, hurried: bool) -> Estimate:
        """Return the time left; of a run in full swing, the figure of a moment ago will do."""
        run, now = loaded.run, self._clock.now()
        latest = self._estimates.pop(run.id, None)
        if latest is None or not hurried or abs(now - latest[0]) >= _A_MOMENT:
            latest = now, await self._new_estimate(loaded, now)
        if hurried:  # a run at rest leaves nothing in memory
            self._estimates[run.id] = latest
        return latest[1]

    async def _new_estimate(self, loaded: Loaded, now: datetime) -> Estimate:
        run, workflow = loaded.run, loaded.workflow
        if run.status.ended:
            if run.workflow_id in self._known:
                self._known[run.workflow_id].is_old = True
            return Estimate()
        known = await self._before(workflow, now)
        if run.steps or now - run.started_at >= estimates.A_MOMENT:
            return estimates.estimate(workflow, run, known.past, now)
        fresh = known.of_fresh_run  # all that have just begun are told the same
        if workflow.version not in fresh:
            fresh[workflow.version] = estimates.estimate(workflow, run, known.past, now)
        return fresh[workflow.version]

    async def _before(self, workflow: Workflow, now: datetime) -> _Known:
        known = self._known.get(workflow.id)
        if known is not None and known.will_do(now):
            return known
        async with self._asking:
            known = self._known.get(workflow.id)
            if known is not None and known.will_do(now):  # somebody else has just asked
                return known
            times = await self._store.step_times(workflow.id, estimates.runs_for(workflow))
            known = self._known[workflow.id] = _Known(estimates.past(times), now)
            return known

    def _deciders(self, run: Run) -> Mapping[str, tuple[str, ...]]:
        return {
            step: self._people.deciders(state.approval, run)
            for step, state in run.open.items()
            if state.approval is not None and state.approval.verdict is Verdict.OPEN
        }


def _asks_models(steps: Sequence[Step]) -> bool:
    return any(
        isinstance(step.work, Prompt | Agent)
        or (isinstance(step.work, ForEach) and _asks_models(step.work.steps))
        for step in steps
    )
