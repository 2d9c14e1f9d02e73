"""Starts by the clock: those of workflow files and those that people plan.

What is planned stands in the store with its next time. When that has come, its run is started under a key
made of the plan's name and the time, and only then the next time is saved: whatever crashes in between, and
however many processes look at the same moment, each time starts one run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from opstream.definitions import cron, times
from opstream.definitions import inputs as given_inputs
from opstream.definitions.catalog import Catalog
from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Place
from opstream.domain.notification import Notice
from opstream.domain.person import Person, Role, Who
from opstream.domain.run import Run, RunStatus
from opstream.domain.trigger import Schedule
from opstream.domain.values import Json
from opstream.errors import (
    BadInput,
    NotAllowed,
    NotFound,
    OpStreamError,
    StoreUnavailable,
    TooLate,
)
from opstream.governance import permissions
from opstream.governance.guard import Deed, Guard
from opstream.ports import AuditTrail, Clock, PlannedStart, ScheduleStore, Timetable
from opstream.runs import failing, senders
from opstream.runs.due import MOST_AT_ONCE, Due, due
from opstream.runs.starting import Starter, about_start

log = structlog.get_logger(__name__)

_PLAN = Deed("schedule.planned", "plan a start")
_TAKE_OUT = Deed("schedule.removed", "take out a planned start")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Scheduler:
    """What starts when; one of the timetable's tickers."""

    def __init__(  # noqa: PLR0913 - the ports a use case needs, wired once in bootstrap.py
        self,
        *,
        store: ScheduleStore,
        catalog: Catalog,
        starter: Starter,
        audit: AuditTrail,
        clock: Clock,
        timetable: Timetable,
        guard: Guard,
        tell: Callable[[Notice], Awaitable[None]],
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._starter = starter
        self._audit = audit
        self._clock = clock
        self._timetable = timetable
        self._guard = guard
        self._tell = tell
        self._seen = clock.now()
        self._synced: tuple[tuple[str, str, Schedule], ...] | None = None
        self._writing = asyncio.Lock()  # a tick must not put back what is being taken out

    async def schedule(
        self,
        workflow_id: str,
        when_text: str,
        inputs: Mapping[str, Json],
        *,
        by: Person,
        place: Place | None,
        timezone: str = "",
    ) -> PlannedStart:
        """Plan starts of a workflow.

        Args:
            workflow_id: Its id.
            when_text: Such as `every weekday at 9`, `tomorrow at 17:30`, `in 2h` or a
                cron expression.
            inputs: Of every run.
            by: Who wants it.
            place: Where the runs tell how they go.
            timezone: In which the time is meant; the person's own unless given.

        Raises:
            NotAllowed: the person may not start workflows.
            NotFound: no such workflow.
            BadInput: the time or an input cannot be used; MissingInputs: one is missing.
        """
        workflow, now = self._catalog.latest(workflow_id), self._clock.now()
        await self._guard.require(by, _PLAN, workflow.id, about_start(workflow))
        schedule = times.read_when(when_text, now, timezone or by.timezone)
        given_inputs.read(workflow, inputs)
        next_at = cron.next_after(schedule, now)
        if next_at is None:
            raise BadInput(f"`{when_text[:60]}` never comes. Write a time that is still to come.")
        name = await self._free_name(workflow.id)
        schedule = replace(schedule, inputs=dict(inputs))
        planned = PlannedStart(name, workflow.id, schedule, next_at, by=by.who, place=place)
        async with self._writing:
            await self._store.save(planned)
        await self._note(by.who, "schedule.planned", name, when_text)
        self._timetable.wake_at(next_at)
        return planned

    async def unschedule(self, name: str, *, by: Person) -> PlannedStart:
        """Take out what a person planned, and return it.

        Raises:
            NotFound: nothing is planned under that name.
            NotAllowed: somebody else planned it, and the person is no admin.
            BadInput: it stands in a workflow, which has to be changed instead.
        """
        await self._guard.require(by, _TAKE_OUT, name)
        planned = next((one for one in await self._store.all() if one.name == name), None)
        if planned is None:
            raise NotFound("planned start", name, hint="`/opstream schedules` lists them.")
        if planned.by is None:
            raise BadInput(
                f"`{name}` stands in the workflow `{planned.workflow_id}`; take it out of its "
                "`triggers` instead."
            )
        if planned.by.id != by.id and not permissions.has(by, Role.ADMIN):
            refusal = NotAllowed(f"{planned.by.name} planned this; ask them, or an admin.")
            await self._guard.refuse(by, _TAKE_OUT, name, refusal)
        async with self._writing:
            await self._store.remove(name)
        await self._note(by.who, "schedule.removed", name, "")
        return planned

    async def listed(self) -> Sequence[PlannedStart]:
        """Return what is planned, the next first; what will not start any more comes last."""
        planned = await self._store.all()
        return sorted(
            planned, key=lambda one: (one.next_at is None, _seconds(one.next_at), one.name)
        )

    async def sync(self) -> None:
        """Plan what stands in the workflows now, and forget what does not any more."""
        now, found = self._clock.now(), tuple(self._in_workflows())
        wanted = {name: (id, schedule) for name, id, schedule in found}
        async with self._writing:
            known = {one.name: one for one in await self._store.all() if one.by is None}
            for name in known.keys() - wanted.keys():
                await self._store.remove(name)
            for name, (workflow_id, schedule) in wanted.items():
                old = known.get(name)
                if old is None or old.schedule != schedule or _is_astray(old, now):
                    next_at = cron.next_after(schedule, now)
                    await self._store.save(PlannedStart(name, workflow_id, schedule, next_at))
        self._synced = found
        next_at = await self._store.next_at()
        if next_at is not None:
            self._timetable.wake_at(next_at)

    def _in_workflows(self) -> Iterator[tuple[str, str, Schedule]]:
        for workflow in self._catalog.listed():
            schedules = [one for one in workflow.triggers if isinstance(one, Schedule)]
            for number, schedule in enumerate(schedules, start=1):
                yield f"{workflow.id}/{number}", workflow.id, schedule

    async def next_at(self) -> datetime | None:
        """Return when there is something to start next; the past where the clock was set back.

        What the workflows plan is looked at before, in case one of them was changed.
        """
        if tuple(self._in_workflows()) != self._synced:
            await self.sync()
        now = self._clock.now()
        if now < self._seen:
            return _LONG_AGO
        self._seen = now
        return await self._store.next_at()

    async def tick(self, now: datetime) -> None:
        """Start what is due.

        Raises:
            StoreUnavailable: the database did not take it; what was not started is due still.
        """
        async with self._writing:
            for planned in await self._store.all():
                if planned.next_at is not None and planned.next_at <= now:
                    await self._start(planned, due(planned.schedule, planned.next_at, now), now)
                elif _is_astray(planned, now):
                    next_at = cron.next_after(planned.schedule, now)
                    await self._store.save(replace(planned, next_at=next_at))
        self._seen = now

    async def _start(self, planned: PlannedStart, what: Due, now: datetime) -> None:
        ends = [await self._start_at(planned, at) for at in what.starts]
        outcome = _said(what, ends)
        if what.left_out:
            who = senders.schedule(planned.name).who
            await self._note(who, "schedule.missed", planned.name, outcome)
            if not what.starts:
                await self._tell(failing.missed(planned, what.last))
        if all(one.name != planned.name for one in await self._store.all()):
            return  # another process has taken it out meanwhile
        next_at = cron.next_after(planned.schedule, max(now, what.last))
        is_over = next_at is None and planned.by is not None
        if is_over and all(isinstance(one, Run) for one in ends):
            await self._store.remove(planned.name)
            return
        after = replace(planned, next_at=next_at, last_at=what.last, outcome=outcome)
        await self._store.save(after)

    async def _start_at(self, planned: PlannedStart, at: datetime) -> Run | OpStreamError:
        """Start one run, or return why it was not started."""
        by = senders.schedule(planned.name)
        inputs = planned.schedule.inputs
        try:
            return await self._starter.start(
                planned.workflow_id,
                inputs if isinstance(inputs, Mapping) else {},
                by=by,
                place=planned.place,
                request_key=f"sched:{planned.name}:{at.isoformat()}",
                trigger=f"the schedule `{planned.name}`",
            )
        except StoreUnavailable:
            raise
        except OpStreamError as error:
            log.warning("schedule_refused", name=planned.name, at=at.isoformat(), reason=str(error))
            await self._note(by.who, "schedule.refused", planned.name, str(error), "refused")
            if not isinstance(error, TooLate):  # the workflow wants it skipped while it is active
                await self._tell(failing.refused(planned, at, str(error)))
            return error

    async def _free_name(self, workflow_id: str) -> str:
        """Return a name that nothing planned has, short enough to be typed."""
        taken = {one.name for one in await self._store.all()}
        numbers = (f"{workflow_id}@{number}" for number in range(1, len(taken) + 2))
        return next(name for name in numbers if name not in taken)

    async def _note(self, by: Who, deed: str, name: str, detail: str, end: str = "done") -> None:
        entry = AuditEntry(self._clock.now(), by, deed, name, detail, end)
        await self._audit.record(entry)


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def _is_astray(planned: PlannedStart, now: datetime) -> bool:
    """Return whether a clock that ran ahead and was put right left the next time too far away."""
    following = cron.next_after(planned.schedule, now)
    return following is not None and (planned.next_at is None or planned.next_at > following)


def _said(what: Due, ends: Sequence[Run | OpStreamError]) -> str:
    """Return what became of the last times, as a sentence or two."""
    at = f"{what.last:%Y-%m-%d %H:%M} UTC"
    match ends[-1] if ends else None:
        case None:
            outcome = f"Nothing was started for {at}, which was noticed too late."
        case Run(id=run_id, status=RunStatus.QUEUED):
            outcome = f"`{run_id}` was queued for {at}."
        case Run(id=run_id):
            outcome = f"`{run_id}` was started for {at}."
        case error:
            outcome = f"Not started for {at}: {error}"
    if ends and what.left_out:
        count = f"; the last {MOST_AT_ONCE} were made up for" if len(ends) == MOST_AT_ONCE else ""
        return f"{outcome} Earlier times were missed{count}."
    return outcome
