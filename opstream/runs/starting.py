"""How a run begins: checked, with room for it, and once for each request.

Room is checked inside the commit that begins the run, so that two starts at the same moment cannot both
take the last place. A start that finds none does what the workflow's overlap policy says; one that finds
none for the person is queued. `Release` lets queued runs begin.
"""

from collections.abc import Mapping, Sequence

from opstream.definitions import inputs as given_inputs
from opstream.definitions.catalog import Catalog
from opstream.domain import history as h
from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Place
from opstream.domain.person import Person, Role
from opstream.domain.run import Run, RunStatus, RunSummary
from opstream.domain.values import Json
from opstream.domain.workflow import Overlap, Workflow
from opstream.engine.evolve import begin
from opstream.errors import NoRoom, NotFound, RunMovedOn, TooLate
from opstream.governance.guard import Deed, Guard
from opstream.governance.permissions import EVERYWHERE, About
from opstream.governance.sanitising import Sanitiser
from opstream.ports import Clock, Defaults, Operations, Room, RunFilter, RunQueue, RunStore
from opstream.runs import ids, overlap, rules
from opstream.runs.beginning import Start
from opstream.runs.changes import Changes
from opstream.runs.journal import Journal, Loaded
from opstream.runs.readiness import called, require_operations

_MAKE_ROOM = Deed("run.cancelled", "make room for a newer run", by_workflow=False)
_START = Deed("run.started", "start a workflow")
_ASK = Deed("question.put", "ask a question", Role.VIEWER)
_AT_A_LOOK = 100
_TRIES = 5  # each after somebody else took a place that had just become free


class Starter:
    """Begins runs, for people and for everything else that starts them."""

    def __init__(  # noqa: PLR0913 - the ports a use case needs, wired once in bootstrap.py
        self,
        *,
        store: RunStore,
        journal: Journal,
        catalog: Catalog,
        operations: Operations,
        queue: RunQueue,
        clock: Clock,
        defaults: Defaults,
        guard: Guard,
        sanitiser: Sanitiser,
    ) -> None:
        self._store = store
        self._journal = journal
        self._catalog = catalog
        self._operations = operations
        self._queue = queue
        self._clock = clock
        self._defaults = defaults
        self._guard = guard
        self._sanitiser = sanitiser
        self._changes = Changes(journal, queue, clock, guard)

    async def start(
        self,
        workflow_id: str,
        inputs: Mapping[str, Json],
        *,
        by: Person,
        place: Place | None,
        request_key: str,
        trigger: str = "",
    ) -> Run:
        """Start a run, or queue it; the same `request_key` twice gives the same run.

        Raises:
            NotFound: no such workflow.
            MissingInputs: required inputs were left out.
            BadInput: an input cannot be used, or no tool has an operation that it calls.
            NotAllowed: the person may not start runs.
            TooLate: the workflow skips starts while it is active.
        """
        workflow = self._catalog.latest(workflow_id)
        # What a trigger starts was allowed by whoever published or planned it.
        about = EVERYWHERE if trigger else about_start(workflow)
        deed = _ASK if workflow.conversation else _START
        await self._guard.require(by, deed, workflow.id, about)
        values = given_inputs.read(workflow, inputs)
        for name, value in values.items():
            self._sanitiser.require_no_secret(name, value)
        require_operations(workflow, self._operations)
        start = Start(workflow, ids.of_request(request_key), values, by, place, trigger)
        try:
            return await self._begin(start)
        except RunMovedOn:  # the same request came twice
            return (await self._journal.load(start.run_id)).run

    async def start_child(
        self,
        run_id: str,
        workflow: Workflow,
        inputs: Mapping[str, Json],
        of: Run,
        parent: h.Parent,
    ) -> None:
        """Start the run that a step of another one wants, or queue it; once for each id.

        Args:
            of: The run with that step; the new one is in the name of whoever started it.

        Raises:
            TooLate: the workflow skips starts while it is active.
        """
        by = Person(of.by.id, of.by.name, frozenset({Role.OPERATOR}))
        trigger = f"a step of `{of.id}`"
        start = Start(workflow, run_id, inputs, by, of.place, trigger, parent)
        try:
            await self._begin(start)
        except RunMovedOn:  # it was started before a crash
            self._queue.put(run_id, workflow.limits.priority)

    async def _begin(self, start: Start) -> Run:
        """Begin a run; `RunMovedOn` when there is one of that id."""
        workflow = start.workflow
        room = overlap.room_for(workflow, start.by.who, self._defaults, start.parent)
        if workflow.limits.overlap is Overlap.QUEUE and await self._store.next_queued(workflow.id):
            return await self._queued(start)  # nobody jumps the queue
        for _ in range(_TRIES):
            try:
                return await self._commit(start, room, queued=False)
            except NoRoom:
                if await self._store.find(start.run_id):  # it may be the one that takes the room
                    raise RunMovedOn(f"There is a run `{start.run_id}` already.") from None
            if await self._is_full(workflow):
                return await self._overlap(start, room)
            if start.parent is None and await self._has_enough(start.by):
                break
        return await self._queued(start)

    async def _overlap(self, start: Start, room: Room | None) -> Run:
        """Do what the workflow wants done while it is full."""
        workflow = start.workflow
        if workflow.limits.overlap is Overlap.SKIP:
            raise TooLate(overlap.no_room(workflow, await self._longest(workflow.id)))
        while workflow.limits.overlap is Overlap.CANCEL_OLD and await self._make_room(start):
            try:
                return await self._commit(start, room, queued=False)
            except NoRoom:  # what the old run did is undone first, or somebody else was quicker
                continue
        return await self._queued(start)

    async def _make_room(self, start: Start) -> bool:
        """Cancel the oldest run of a workflow, and those that wait for its place.

        Returns:
            False when all of them are being cancelled already.
        """
        queued = await self._summaries(start.workflow.id, frozenset({RunStatus.QUEUED}))
        oldest = await self._store.oldest_active(start.workflow.id)
        wanted = (*(one.id for one in queued), *((oldest,) if oldest else ()))
        return any([await self._cancel(run_id, start) for run_id in wanted])

    async def _cancel(self, run_id: str, start: Start) -> bool:
        """Cancel a run; False when somebody did so before."""
        cancelled = False
        now, reason = self._clock.now(), f"A newer run, `{start.run_id}`, took its place."

        def change(loaded: Loaded) -> Sequence[h.Fact]:
            nonlocal cancelled
            status = loaded.run.status
            cancelled = not status.ended and status is not RunStatus.STOPPING
            if not cancelled:
                return ()
            return rules.cancel(loaded, start.by, reason, now)

        await self._changes.make(run_id, start.by, _MAKE_ROOM, change)
        return cancelled

    async def _queued(self, start: Start) -> Run:
        run = await self._commit(start, None, queued=True)
        if await self.release(start.workflow.id):  # a place has become free in between
            return (await self._journal.load(run.id)).run
        return run

    async def _commit(self, start: Start, room: Room | None, *, queued: bool) -> Run:
        now = self._clock.now()
        fact = start.fact(now, queued=queued)
        run = begin(start.run_id, fact)
        deed = "run.queued" if queued else "run.started"
        entry = AuditEntry(now, start.by.who, deed, run.id, start.workflow.id)
        await self._journal.begin(start.workflow, run, fact, entry, room=room)
        self._queue.put(run.id, start.workflow.limits.priority)
        return run

    async def release(self, workflow_id: str) -> int:
        """Let queued runs of a workflow begin while there is room; return how many did.

        Any number of processes may do so at the same time: a run is released once.
        """
        released = 0
        while (run_id := await self._store.next_queued(workflow_id)) is not None:
            if not await self._released(run_id):
                break
            released += 1
        else:
            return released
        if not await self._is_full(self._newest(await self._journal.load(run_id))):
            released += await self._release_others(workflow_id)
        return released

    async def _release_others(self, workflow_id: str) -> int:
        """Look behind the first one in the queue: its person may have enough runs, others not."""
        queued = await self._summaries(workflow_id, frozenset({RunStatus.QUEUED}))
        full: set[str] = set()
        released = 0
        for one in queued:
            if one.by.id in full:
                continue
            if await self._released(one.id):
                released += 1
            else:
                full.add(one.by.id)
        return released

    async def _released(self, run_id: str) -> bool:
        """Let a queued run begin; False when there is no room for it."""
        while True:
            loaded = await self._journal.load(run_id)
            if loaded.run.status is not RunStatus.QUEUED:
                return True
            run = loaded.run
            room = overlap.room_for(self._newest(loaded), run.by, self._defaults, run.parent)
            fact = h.RunReleased(self._clock.now())
            try:
                await self._journal.append(loaded, (fact,), room=room)
            except NoRoom:
                return False
            except RunMovedOn:
                continue
            self._queue.put(run_id, loaded.workflow.limits.priority)
            return True

    def _newest(self, loaded: Loaded) -> Workflow:
        """Return the workflow whose limits count: the newest version, while there is one."""
        try:
            return self._catalog.latest(loaded.workflow.id)
        except NotFound:
            return loaded.workflow

    async def _is_full(self, workflow: Workflow) -> bool:
        most = overlap.at_once(workflow)
        if most is None:
            return False
        wanted = RunFilter(overlap.TAKING_ROOM, workflow_id=workflow.id)
        return await self._store.count(wanted) >= most

    async def _has_enough(self, by: Person) -> bool:
        most = self._defaults.runs_per_person
        wanted = RunFilter(overlap.TAKING_ROOM, started_by=by.id)
        return most is not None and await self._store.count(wanted) >= most

    async def _longest(self, workflow_id: str) -> RunSummary | None:
        active = await self._summaries(workflow_id, overlap.TAKING_ROOM)
        return active[0] if active else None

    async def _summaries(
        self, workflow_id: str, statuses: frozenset[RunStatus]
    ) -> Sequence[RunSummary]:
        """Return the oldest runs of a workflow in some states, oldest first."""
        total = await self._store.count(RunFilter(statuses, workflow_id))
        offset = max(0, total - _AT_A_LOOK)
        wanted = RunFilter(statuses, workflow_id, limit=_AT_A_LOOK, offset=offset)
        return list(reversed(await self._store.summaries(wanted)))


def about_start(workflow: Workflow) -> About:
    """Return what a start is about: the workflow, and all that it calls."""
    return About(workflow.id, tuple(called(workflow.steps)))
