"""The journal of runs: load one with its recipe, append facts to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from opstream.domain.audit import AuditEntry
from opstream.domain.history import Fact
from opstream.domain.run import Run, RunStatus
from opstream.domain.workflow import Workflow
from opstream.engine.evolve import evolve, replay
from opstream.engine.settle import Settled
from opstream.errors import NotFound, NotOwner
from opstream.ports import Room, RunStore, Timetable, UnitOfWork, Workflows

_KEPT = 1024  # who starts more at once pays for reading the others back


@dataclass(frozen=True, slots=True)
class Loaded:
    """A run and the version of the workflow that it began with."""

    workflow: Workflow
    run: Run


class Journal:
    """What was decided, and the only way to add to it.

    Args:
        shared: Whether other processes add to it, too: then what this one knows may be out of date, and a
            run is always read back.
    """

    def __init__(
        self,
        store: RunStore,
        workflows: Workflows,
        timetable: Timetable,
        *,
        shared: bool = False,
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._timetable = timetable
        self._most_kept = 0 if shared else _KEPT
        self._fresh: dict[str, Loaded] = {}  # as a person's commit left them

    async def take_up(self, run_id: str) -> Loaded:
        """Return a run for its turn: as a person's commit has just left it, or else from the store.

        What is handed over is the newest state, because where it is kept all commits of a run pass
        here: each later one takes it away or replaces it. Errors as `load`.
        """
        fresh = self._fresh.pop(run_id, None)
        return fresh if fresh is not None else await self.load(run_id)

    def epoch(self, run_id: str) -> int:
        """Return the epoch of this process's claim of a run."""
        return self._store.epoch(run_id)

    async def still_ours(self, run_id: str) -> int:
        """Return the epoch of this process's claim of a run, claimed anew where it was lost.

        Raises:
            NotOwner: another live process has it.
        """
        if not await self._store.claim(run_id):
            raise NotOwner(f"Another process advances the run `{run_id}` by now.")
        return self._store.epoch(run_id)

    async def load(self, run_id: str) -> Loaded:
        """Return a run as its facts add up.

        Raises:
            NotFound: there is no run of that id.
        """
        facts = await self._store.history(run_id)
        if not facts:
            raise NotFound("run", run_id, hint="`/opstream list` shows the active ones.")
        run = replay(run_id, facts)
        return Loaded(await self._workflows.version(run.workflow_id, run.workflow_version), run)

    async def begin(
        self,
        workflow: Workflow,
        run: Run,
        first: Fact,
        audit: AuditEntry,
        room: Room | None = None,
    ) -> Loaded:
        """Append the first fact of a run.

        Raises:
            RunMovedOn: there is a run of that id.
            NoRoom: `room` does not hold.
        """
        rests = run.status is RunStatus.QUEUED
        priority = workflow.limits.priority
        work = UnitOfWork(run, (first,), 0, (audit,), rests, room=room, priority=priority)
        return self._keep(await self._commit(workflow, work))

    async def append(
        self,
        loaded: Loaded,
        facts: Sequence[Fact],
        audit: Sequence[AuditEntry] = (),
        room: Room | None = None,
    ) -> Loaded:
        """Append facts to a run.

        Raises:
            RunMovedOn: somebody else did so since it was loaded.
            TooLate: an approval was settled before.
            NoRoom: `room` does not hold.
        """
        run = loaded.run
        for fact in facts:
            run = evolve(run, fact)
        workflow = loaded.workflow
        if run.workflow_version != loaded.run.workflow_version:
            workflow = await self._workflows.version(run.workflow_id, run.workflow_version)
        work = UnitOfWork(
            run,
            tuple(facts),
            loaded.run.version,
            tuple(audit),
            room=room,
            priority=workflow.limits.priority,
        )
        return self._keep(await self._commit(workflow, work))

    async def append_settled(
        self, loaded: Loaded, settled: Settled, *, rests: bool, epoch: int = 0
    ) -> Loaded:
        """Append facts with all that follows from them, as the run's owner.

        Errors as `append`, and NotOwner when the run has been claimed since.

        Args:
            epoch: Of the claim under which they came about.
            rests: Nothing is to be done after them before `wake_at` or a new fact. Noted even when
                there are no facts: what was committed before left it open.
        """
        run, facts = settled.run, settled.facts
        if facts:
            work = UnitOfWork(
                run,
                facts,
                loaded.run.version,
                rests=rests,
                as_owner=True,
                epoch=epoch,
                priority=loaded.workflow.limits.priority,
            )
            return await self._commit(loaded.workflow, work)
        if rests and run.status is not RunStatus.PAUSED:
            await self._store.rests(run.id, run.version)
        return loaded

    async def rests(self, loaded: Loaded) -> None:
        """Note that nothing is to be done in a run, as long as it has not moved on."""
        await self._store.rests(loaded.run.id, loaded.run.version)

    async def _commit(self, workflow: Workflow, work: UnitOfWork) -> Loaded:
        await self._store.commit(work)
        self._fresh.pop(work.run.id, None)
        if work.run.wake_at is not None:
            self._timetable.wake_at(work.run.wake_at)
        return Loaded(workflow, work.run)

    def _keep(self, loaded: Loaded) -> Loaded:
        if len(self._fresh) < self._most_kept:
            self._fresh[loaded.run.id] = loaded
        return loaded
