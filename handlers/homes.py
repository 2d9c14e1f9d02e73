"""Keeps App Home up to date for those who may be looking at it.

Slack says when Home is opened and never when it is left, so it is kept up to date for half an hour. What
changes meanwhile is shown soon, but for one person at most every few seconds, and for all at the pace that
Slack grants: whoever's runs change often is shown the newest state, not each one.
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from blocks.forms import View
from blocks.home import Offsets
from blocks.states import WAITING, run_sign
from handlers.pacing import Lane, Rate, Sleep
from handlers.troubles import NETWORK, Kind, understand
from opstream.domain.run import RunView
from opstream.errors import OpStreamError
from opstream.ports import Clock

log = structlog.get_logger(__name__)
_LOOKING = timedelta(minutes=30)
_GAP_SECONDS = 4.0
_RATE = Rate(20, 90 / 60)  # Tier 4 is 100 a minute
_OPEN_KEPT = 500
_RUNS_KEPT = 5_000

Build = Callable[[str, Offsets], Awaitable[View]]
Publish = Callable[[str, View], Awaitable[object]]


@dataclass(slots=True)
class _Open:
    """A Home that somebody may be looking at."""

    person: str
    at: datetime
    offsets: Offsets
    digest: str = ""
    is_old: bool = False
    task: asyncio.Task[None] | None = None


class Homes:
    """Publishes Homes.

    Args:
        build: Makes a person's Home as it is now.
        publish: Shows it.
    """

    def __init__(
        self, build: Build, publish: Publish, clock: Clock, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._build = build
        self._publish = publish
        self._clock = clock
        self._sleep = sleep
        self._lane = Lane(_RATE, clock, sleep)
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._signs: OrderedDict[str, str] = OrderedDict()

    async def open(self, person: str, offsets: Offsets | None = None) -> None:
        """Show a person's Home now, and keep it up to date for a while."""
        one = self._open.pop(person, None) or _Open(person, self._clock.now(), Offsets())
        one.at, one.offsets, one.digest = self._clock.now(), offsets or Offsets(), ""
        self._open[person] = one
        if len(self._open) > _OPEN_KEPT:
            self._open.popitem(last=False)
        await self._show(one)

    def heard(self, view: RunView) -> None:
        """Take in a run's newest state; Homes on which it looks different now are shown anew."""
        run, sign = view.run, run_sign(view.run).word
        before = self._signs.pop(run.id, "")
        self._signs[run.id] = sign
        if len(self._signs) > _RUNS_KEPT:
            self._signs.popitem(last=False)
        if sign == before:
            return
        concerns_all = (sign in WAITING) != (before in WAITING)
        for one in self._looking():
            if concerns_all or one.person in (run.by.id, run.responsible.id):
                self._renew(one)

    def changed(self, person: str) -> None:
        """Show a person's Home anew, because something else on it has changed."""
        for one in self._looking():
            if one.person == person:
                self._renew(one)

    async def settled(self) -> None:
        """Return when everything is shown."""
        while tasks := [one.task for one in self._open.values() if one.task]:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """Show nothing any more."""
        tasks = [one.task for one in self._open.values() if one.task]
        self._open.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _looking(self) -> list[_Open]:
        latest = self._clock.now() - _LOOKING
        for person in [one.person for one in self._open.values() if one.at < latest]:
            del self._open[person]
        return list(self._open.values())

    def _renew(self, one: _Open) -> None:
        one.is_old = True
        if one.task is None:
            one.task = asyncio.create_task(self._keep(one), name=f"home {one.person}")

    async def _keep(self, one: _Open) -> None:
        """Show a Home anew until nothing has changed since."""
        try:
            while one.is_old and one.person in self._open:
                one.is_old = False
                await self._sleep(_GAP_SECONDS)
                await self._show(one)
        except OpStreamError as error:
            log.warning("home_not_shown", person=one.person, reason=str(error))
        except (SlackApiError, SlackClientError, *NETWORK) as error:
            log.warning("home_not_shown", person=one.person, reason=type(error).__name__)
        finally:
            one.task = None

    async def _show(self, one: _Open) -> None:
        while True:
            await self._lane.turn(0)
            view = await self._build(one.person, one.offsets)
            digest = hashlib.blake2b(json.dumps(view, sort_keys=True).encode()).hexdigest()
            if digest == one.digest:
                return
            try:
                await self._publish(one.person, view)
            except SlackApiError as error:
                trouble = understand(error)
                if trouble.kind is not Kind.WAIT:
                    raise
                self._lane.close(trouble.wait_seconds)
            else:
                one.digest = digest
                return
