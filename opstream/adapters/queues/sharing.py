"""All that lets the processes of an install share one PostgreSQL database, opened and closed together."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import psycopg
from procrastinate.exceptions import ConnectorException

from opstream.adapters.queues import jobs
from opstream.adapters.queues.alone import Chat
from opstream.adapters.queues.announcing import Announcer, Posting
from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.queues.claims import Claimable, Claims
from opstream.adapters.queues.election import Election
from opstream.adapters.queues.heart import Beating, Heart
from opstream.adapters.queues.notes import Notes
from opstream.adapters.queues.procrastinate import Owners, SharedQueue
from opstream.adapters.queues.refreshing import Refresh, Refreshing
from opstream.errors import StoreUnavailable

_WAKE = "opstream_wake"
_SWEEP_EVERY = timedelta(seconds=2)


class Runs(Claimable, Owners, Protocol):
    """What is wanted of the journal of runs."""


class Sharing:
    """This process among the others of its install.

    Args:
        me: The name by which it claims runs; no two processes have the same, nor one before and after
            a restart.
        lease: After so long without a sign of life a process counts as dead.
        works: Whether it advances runs.
    """

    def __init__(self, url: str, me: str, lease: timedelta, *, works: bool) -> None:
        self._url, self._me, self._lease = url, me, lease
        self._works = works
        self._notes = Notes(url, me, lease)
        self._jobs = jobs.Jobs(url, f"{me} jobs", lease)
        self._offices: list[Election] = []
        self._heart: Heart | None = None
        self._refreshing: Refreshing | None = None

    @property
    def sweep_every(self) -> timedelta:
        """How often to look for runs that were left lying."""
        return min(self._lease / 3, _SWEEP_EVERY)

    def announcer(self) -> Announcer:
        """Return the messenger of a process that is not connected to the chat."""
        return Announcer(self._notes)

    def posting(self, make_chat: Callable[[], Chat]) -> Posting:
        """Return the messenger of a process that is connected to the chat."""
        return Posting(self._notes, partial(self._office, "posting"), make_chat)

    def queue(self, local: SchedulerQueue, runs: Runs) -> SharedQueue:
        """Return the queue; `local` dispatches its looks."""
        claims = Claims(runs)
        return SharedQueue(
            local, self._jobs, claims, runs, self._notes, me=self._me, works=self._works
        )

    def duty(self) -> "Waking":
        """Return who wakes the sleepers."""
        waking = Waking(self._notes, self._office("timetable", _nothing, _nothing))
        if self._works:
            self._offices.append(waking.office)
        return waking

    def keep_known(self, refresh: Refresh) -> None:
        """Have what other processes publish looked up soon after; to be called before `start`."""
        self._refreshing = Refreshing(self._notes, refresh)

    async def start(self, workers: Beating) -> None:
        """Listen, show that we live, and run for the offices.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """
        try:
            await jobs.ensure_schema(self._url, self._me)
            await self._jobs.open()
            await self._notes.start()
        except (psycopg.Error, ConnectorException) as error:
            raise StoreUnavailable(
                f"The database cannot be reached ({str(error).strip()}). Check that it runs, and "
                "OPSTREAM_DATABASE_URL."
            ) from error
        self._heart = Heart(workers, self._me, self._lease)
        await self._heart.start()
        for office in self._offices:
            office.start()
        if self._refreshing is not None:
            self._refreshing.start()

    async def stop(self) -> None:
        """Give everything up, so that others can go on at once; to be called when no run is at work."""
        if self._refreshing is not None:
            await self._refreshing.stop()
        for office in self._offices:
            await office.stop()
        if self._heart is not None:
            await self._heart.stop()
        await self._notes.stop()
        await self._jobs.close()

    def _office(
        self,
        name: str,
        won: Callable[[], None] | None = None,
        lost: Callable[[], None] | None = None,
    ) -> Election:
        return Election(self._url, self._me, name, self._lease, won or _nothing, lost or _nothing)


class Waking:
    """The office of waking the sleepers; satisfies what the timetable wants of a duty."""

    def __init__(self, notes: Notes, office: Election) -> None:
        self.office = office
        self._notes = notes
        self._wake_at: Callable[[datetime], None] | None = None
        notes.hear(_WAKE, self._told)

    def bind(self, wake_at: Callable[[datetime], None]) -> None:
        """Say what sets the alarm of this process."""
        self._wake_at = wake_at

    @property
    def held(self) -> bool:
        """Whether this process wakes them."""
        return self.office.held

    def tell(self, when: datetime) -> None:
        """Have the process that wakes them set its alarm."""
        self._notes.send(_WAKE, when.isoformat())

    def _told(self, note: str) -> None:
        if self.held and self._wake_at is not None:
            self._wake_at(datetime.fromisoformat(note))


def _nothing() -> None:
    """What follows from an office that somebody asks for when they need to know."""
