"""Looks at runs shared by any number of processes on one PostgreSQL; satisfies the port `RunQueue`.

The looks themselves are dispatched as in one process (`apscheduler.py`). What comes on top:

- A run is claimed before it is looked at, so that one process at a time advances it.
- A process with a free slot looks itself at what is put; when it is full, or no worker at all, it leaves a
  job for the others (`jobs.py`), and takes jobs itself as slots become free.
- Whoever finds that a live process has the run tells it by a note; that one looks again, as after a nudge.
- A hint that was lost is made up for by the sweep of the timetable.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import LiteralString, Protocol

import structlog
from procrastinate.exceptions import ConnectorException

from opstream.adapters.queues.announcing import announce
from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.queues.claims import Claims
from opstream.adapters.queues.ending import end
from opstream.adapters.queues.jobs import CHANNEL, DEFER, Jobs, rows_of
from opstream.adapters.queues.notes import Notes
from opstream.errors import NotOwner
from opstream.ports import UnitOfWork

log = structlog.get_logger(__name__)

_NUDGE = "opstream_nudge"
_LISTEN_ANYWAY_SECONDS = 1.0
_TIDY_SECONDS = 20.0


class Owners(Protocol):
    """Who has claimed what."""

    async def owner(self, run_id: str) -> str | None:
        """Return the name of the process that owns a run, None when none does."""


class SharedQueue:
    """Hints that runs want a look, and those looks that this process has slots for.

    Args:
        me: The name by which this process claims runs.
        works: Whether it looks at runs at all, or leaves that to others.
    """

    def __init__(  # noqa: PLR0913 - the parts it puts together, made in bootstrap.py
        self,
        local: SchedulerQueue,
        jobs: Jobs,
        claims: Claims,
        owners: Owners,
        notes: Notes,
        *,
        me: str,
        works: bool,
    ) -> None:
        self._local = local
        self._jobs = jobs
        self._claims = claims
        self._owners = owners
        self._notes = notes
        self._me = me
        self._works = works
        self._advance: Callable[[str], Awaitable[None]] = _nobody
        self._outgoing: dict[str, int] = {}
        self._room = asyncio.Event()
        self._news = asyncio.Event()
        self._leaving = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False
        local.bind(self._look)
        local.on_room = self._room.set
        if works:
            notes.hear(_NUDGE, self._nudged)
            notes.hear(CHANNEL, lambda _: self._news.set())
            notes.on_return(self._news.set)

    def bind(self, advance: Callable[[str], Awaitable[None]]) -> None:
        """Say what looks at a run."""
        self._advance = advance

    def put(self, run_id: str, priority: int = 0) -> None:
        """Ask for a look at a run, soon. To be called in the event loop."""
        if not self._works:  # `jobs_of` has left a job; what people did is shown without a worker
            announce(self._notes, run_id)
        elif self._local.room or self._local.is_busy(run_id):
            self._local.put(run_id, priority)
        elif not self._stopped:
            self._outgoing[run_id] = max(priority, self._outgoing.get(run_id, priority))
            self._leaving.set()

    def jobs_of(self, units: Sequence[UnitOfWork]) -> tuple[LiteralString, Sequence[object]] | None:
        """Return the statement that leaves jobs for what is being committed; to go into its transaction.

        None when no look is wanted, or this process has a slot for it: then it looks itself.
        """
        if self._works and self._local.room:
            return None
        wanted = {one.run.id: one.priority for one in units if not one.as_owner and not one.rests}
        return (DEFER, rows_of(wanted)) if wanted else None

    def take_up(self, run_id: str) -> None:
        """Ask for a look at a run that was left lying, if there is a slot: else another finds it."""
        if self._works and self._local.room:
            self._local.put(run_id)

    def is_busy(self, run_id: str) -> bool:
        """Whether a run is being advanced, or waits for a slot, in this process."""
        return self._local.is_busy(run_id)

    def set_alarm(self, wait: timedelta, ring: Callable[[], Awaitable[None]]) -> None:
        """Have something done after a while, in place of what the alarm was set for before."""
        self._local.set_alarm(wait, ring)

    def start(self) -> None:
        """Begin to look, to leave jobs, and, as a worker, to take them."""
        self._local.start()
        loops = [self._keep_leaving]
        if self._works:
            loops += [self._keep_taking, self._keep_tidying]
        self._tasks = [asyncio.create_task(loop(), name=loop.__name__) for loop in loops]

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Take no more jobs, let the looks under way end for a while, then leave the rest to others."""
        self._stopped = True
        await end(self._tasks)
        left = await self._local.stop(grace)
        await self._leave(self._outgoing | dict.fromkeys(left, 0))

    async def _look(self, run_id: str) -> None:
        try:
            if await self._claims.enter(run_id):
                await self._advance(run_id)
            else:
                await self._tell_owner(run_id)
        except NotOwner:
            log.warning("run_taken_over", run=run_id, name=self._me)
        finally:
            await self._claims.leave(run_id)

    async def _tell_owner(self, run_id: str) -> None:
        """Nudge the process that has a run; one that has let go of it meanwhile looks again itself."""
        owner = await self._owners.owner(run_id)
        if owner is None:
            self._local.put(run_id)
        else:
            self._notes.send(_NUDGE, f"{owner} {run_id}")

    def _nudged(self, note: str) -> None:
        owner, _, run_id = note.rpartition(" ")
        if owner == self._me:
            self._local.put(run_id)

    async def _keep_leaving(self) -> None:
        while True:
            await self._leaving.wait()
            self._leaving.clear()
            leaving, self._outgoing = self._outgoing, {}
            await self._leave(leaving)

    async def _leave(self, wanted: Mapping[str, int]) -> None:
        if not wanted:
            return
        try:
            await self._jobs.defer(wanted)
        except ConnectorException as error:
            log.warning("jobs_not_left", jobs=len(wanted), reason=str(error).strip())

    async def _keep_taking(self) -> None:
        while True:
            if not self._local.room:
                self._room.clear()
                await self._room.wait()
                continue
            self._news.clear()
            if not await self._take_one():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LISTEN_ANYWAY_SECONDS):
                        await self._news.wait()

    async def _take_one(self) -> bool:
        try:
            taken = await self._jobs.take()
        except ConnectorException as error:
            log.warning("jobs_not_taken", reason=str(error).strip())
            return False
        if taken is not None:
            self._local.put(*taken)
        return taken is not None

    async def _keep_tidying(self) -> None:
        while True:
            try:
                await self._jobs.tidy()
            except ConnectorException as error:
                log.warning("jobs_not_tidied", reason=str(error).strip())
            await asyncio.sleep(_TIDY_SECONDS)


async def _nobody(run_id: str) -> None:
    raise RuntimeError(f"nobody was bound to look at {run_id!r}")
