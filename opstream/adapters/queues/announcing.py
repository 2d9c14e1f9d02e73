"""How people hear of runs that another process advances.

A process that does not post to the chat announces: it sends which runs have changed, and how far calls are. Of the processes that are connected to the chat one holds the office of posting: it loads what
was announced and shows the newest state. What it missed it finds in the store, as after a restart.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from opstream.adapters.queues.alone import Chat, ViewOf
from opstream.adapters.queues.election import Election
from opstream.adapters.queues.ending import end
from opstream.adapters.queues.notes import Notes
from opstream.domain.operation import Progress
from opstream.domain.run import RunView
from opstream.errors import OpStreamError

log = structlog.get_logger(__name__)

_SHOWN = "opstream_shown"
_PROGRESS = "opstream_progress"
_GATHER_SECONDS = 0.05  # what changes within it is announced together
_PROGRESS_SECONDS = 0.5
_MOST_STEPS = 50
_LONGEST_MESSAGE = 500
_CATCH_UP_SECONDS = 30.0


def announce(notes: Notes, run_id: str) -> None:
    """Announce that something has happened to a run, whatever it was."""
    _announce(notes, run_id, 0, ())


def _announce(notes: Notes, run_id: str, version: int, under_way: Sequence[str]) -> None:
    notes.send(_SHOWN, json.dumps([run_id, version, under_way]))


class Announcer:
    """The messenger of a process that does not post: it tells the one that does."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._views: dict[str, RunView] = {}
        self._progress: dict[tuple[str, str], Progress] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def show(self, view: RunView) -> None:
        """Announce that a run has a newer state; it stands in the database."""
        self._views[view.run.id] = view
        self._soon(_SHOWN, _GATHER_SECONDS, self._announce_views)

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Announce how far a step under way is, of several words within a moment the last."""
        self._progress[run_id, step] = progress
        self._soon(_PROGRESS, _PROGRESS_SECONDS, self._announce_progress)

    def flush(self) -> None:
        """Announce at once what was gathered."""
        for timer in self._timers.values():
            timer.cancel()
        self._announce_views()
        self._announce_progress()

    def _soon(self, what: str, seconds: float, announce: Callable[[], None]) -> None:
        if what not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[what] = loop.call_later(seconds, announce)

    def _announce_views(self) -> None:
        self._timers.pop(_SHOWN, None)
        for run_id, view in self._views.items():
            steps = sorted(view.under_way)[:_MOST_STEPS]
            _announce(self._notes, run_id, view.run.version, steps)
        self._views.clear()

    def _announce_progress(self) -> None:
        self._timers.pop(_PROGRESS, None)
        for (run_id, step), one in self._progress.items():
            message = one.message[:_LONGEST_MESSAGE]
            self._notes.send(_PROGRESS, json.dumps([run_id, step, one.done, one.total, message]))
        self._progress.clear()


class Posting:
    """The messenger of a process that is connected to the chat, one of several.

    Args:
        office: Makes the election for the office of posting, from what follows when it is won or lost.
        make_chat: Makes a messenger; a new one each time the office is won, because what an older one
            remembers of our messages may have been overtaken by another process.
    """

    def __init__(
        self,
        notes: Notes,
        office: Callable[[Callable[[], None], Callable[[], None]], Election],
        make_chat: Callable[[], Chat],
    ) -> None:
        self._announcer = Announcer(notes)
        self._make_chat = make_chat
        self._chat: Chat | None = None
        self._view_of: ViewOf | None = None
        self._office = office(self._won, self._lost)
        self._wanted: dict[str, tuple[int, frozenset[str]]] = {}
        self._news = asyncio.Event()
        self._behind = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        notes.hear(_SHOWN, self._heard)
        notes.hear(_PROGRESS, self._heard_progress)
        notes.on_return(self._behind.set)

    async def start(self, view_of: ViewOf) -> None:
        """Run for the office; who wins it begins with what happened while nobody held it."""
        self._view_of = view_of
        self._office.start()

    def show(self, view: RunView) -> None:
        """Show a run's newest state, or have it shown."""
        (self._posting or self._announcer).show(view)

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show how far a step under way is, or have it shown."""
        (self._posting or self._announcer).progress(run_id, step, progress)

    async def stop(self, deadline: timedelta) -> None:
        """Finish what is being shown, within a deadline; others are told of the rest."""
        self._announcer.flush()
        chat, self._chat = self._chat, None
        await end(self._tasks)
        if chat is not None:
            await chat.drain(deadline)
        await self._office.stop()

    def _won(self) -> None:
        self._chat = self._make_chat()
        self._behind.set()
        self._tasks = [
            asyncio.create_task(self._keep_showing(), name="posting-show"),
            asyncio.create_task(self._keep_catching_up(self._chat), name="posting-catch-up"),
        ]

    def _lost(self) -> None:
        chat, self._chat = self._chat, None
        for task in self._tasks:
            task.cancel()
        if chat is not None:
            self._tasks.append(asyncio.create_task(chat.drain(timedelta()), name="posting-end"))

    @property
    def _posting(self) -> Chat | None:
        return self._chat if self._office.held else None

    def _heard(self, note: str) -> None:
        if self._posting is not None:
            run_id, version, steps = json.loads(note)
            self._wanted[run_id] = version, frozenset(steps)
            self._news.set()

    def _heard_progress(self, note: str) -> None:
        if (chat := self._posting) is not None:
            run_id, step, done, total, message = json.loads(note)
            chat.progress(run_id, step, Progress(done, total, message))

    async def _keep_showing(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            wanted, self._wanted = self._wanted, {}
            for run_id, (version, under_way) in wanted.items():
                await self._show(run_id, version, under_way)

    async def _show(self, run_id: str, version: int, under_way: frozenset[str]) -> None:
        if self._view_of is None:
            return
        try:
            view = await self._view_of(run_id)
        except OpStreamError as error:
            log.warning("run_not_shown", run=run_id, reason=str(error))
            return
        if (chat := self._posting) is not None:
            # Which calls are being made knows only the process that makes them.
            chat.show(replace(view, under_way=under_way) if view.run.version == version else view)

    async def _keep_catching_up(self, chat: Chat) -> None:
        """Look again and again for runs of which no note has come."""
        while True:
            self._behind.clear()
            if self._view_of is not None:
                try:
                    await chat.catch_up(self._view_of)
                except OpStreamError as error:
                    log.warning("posting_waits", reason=str(error))
            try:
                async with asyncio.timeout(_CATCH_UP_SECONDS):
                    await self._behind.wait()
            except TimeoutError:
                continue
