"""The messenger: keeps Slack's messages about every run up to date, by itself."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import islice

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.callers import Callers
from handlers.native import NativeStreams
from handlers.outbox import Outbox
from handlers.pacing import Pacing
from handlers.showing import Showing
from handlers.showing_tools import Tools
from handlers.talking import Talking
from opstream.domain.operation import Progress
from opstream.domain.run import RunView
from opstream.errors import OpStreamError
from opstream.ports import Clock, PostingStore

log = structlog.get_logger(__name__)
_REST_SECONDS = 2.0
_SECONDS_AN_EDIT = 1.2  # 50 edits a minute
_IDLE_KEPT = 500
_LOOKED_AT = 10


class SlackMessenger:
    """Satisfies the Messenger port.

    Args:
        client: A client without retries of its own: a post that is retried blindly is posted twice.
        store: Which message stands where.
        clock: The time.
        default_channel: Id or `#name` for runs that were not started in Slack; '' for none.
        pacing: How fast to talk; shared with whoever else talks to the same workspace.
        listeners: Who else hears of runs; shared by all messengers of an app, of which one is at work.
        team: Gives the id of the workspace at home.
    """

    def __init__(  # noqa: PLR0913  # it is wired in one place
        self,
        client: AsyncWebClient,
        store: PostingStore,
        clock: Clock,
        default_channel: str = "",
        pacing: Pacing | None = None,
        listeners: list[Callable[[RunView], None]] | None = None,
        *,
        team: Callable[[], Awaitable[str]],
    ) -> None:
        self.clock = clock
        self.default_channel = default_channel
        self.outbox = Outbox(client, pacing or Pacing(clock))
        self.callers = Callers(client, store)
        self._tools = Tools(
            self.outbox,
            store,
            clock,
            default_channel,
            self._rest_seconds,
            self.callers,
            NativeStreams(client, self.outbox, team),
        )
        self._store = store
        self._talking = Talking(client, self.outbox.pacing.sleep)
        self._showings: OrderedDict[str, Showing] = OrderedDict()
        self._closing = False
        self._listeners = listeners if listeners is not None else []

    def also(self, listener: Callable[[RunView], None]) -> None:
        """Tell somebody else of each run's newest state, too."""
        self._listeners.append(listener)

    def show(self, view: RunView) -> None:
        """Show a run's newest state."""
        if self._closing:
            return
        for listener in self._listeners:
            listener(view)
        self._talking.heard(view)
        showing = self._showings.get(view.run.id)
        if showing is not None:
            self._showings.move_to_end(view.run.id)
            showing.show(view)
        else:
            self._showings[view.run.id] = Showing(view, self._tools)
            self._forget_idle()

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show how far a step under way is, unless the run has not been shown lately."""
        if not self._closing and run_id in self._showings:
            self._showings[run_id].progress(step, progress)

    async def catch_up(self, view_of: Callable[[str], Awaitable[RunView]]) -> None:
        """Show every run whose messages may be behind, after a start."""
        for run_id in await self._store.unsettled():
            try:
                self.show(await view_of(run_id))
            except OpStreamError as error:
                log.error("run_not_shown", run=run_id, reason=str(error))

    async def drain(self, deadline: timedelta) -> bool:
        """Take nothing new, finish what is under way, and return whether all of it was shown.

        What is left after the deadline is dropped; the next start catches up.
        """
        self._closing = True
        await self._talking.close()
        if self._tools.at_work:
            await asyncio.wait(set(self._tools.at_work), timeout=deadline.total_seconds())
        left = set(self._tools.at_work)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        return not left

    async def settled(self) -> None:
        """Return when everything that was handed in is shown."""
        while self._tools.at_work:
            await asyncio.wait(set(self._tools.at_work))

    def _rest_seconds(self) -> float:
        return max(_REST_SECONDS, 1.5 * _SECONDS_AN_EDIT * len(self._tools.at_work))

    def _forget_idle(self) -> None:
        """Forget runs that were not shown for long, a few at a time; who is at work stays."""
        for run_id in list(islice(self._showings, _LOOKED_AT)):
            if len(self._showings) <= _IDLE_KEPT:
                return
            if self._showings[run_id].task is None:
                del self._showings[run_id]
            else:
                self._showings.move_to_end(run_id)
