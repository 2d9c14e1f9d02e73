"""Brings Slack to the state of one run, and tells when it is there.

Nothing is posted twice: what is meant to be posted is saved first, the message carries its key as metadata,
and whoever finds a key without a known message looks for it before posting again.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from blocks import thread
from blocks.kit import Message
from blocks.thread import Part, Urgency
from handlers.callers import CALLER
from handlers.content import Content
from handlers.dwelling import home_of
from handlers.growing import Growing, began_as, begun, is_begun
from handlers.known import KnownPostings
from handlers.moves import CLOSED, Close, Edit, Find, Move, Post, next_move, place_of
from handlers.rests import Rests
from handlers.showing_tools import Tools
from handlers.troubles import NETWORK, Kind, Trouble, understand
from opstream.domain.conversation import Place, Posting
from opstream.domain.operation import Progress
from opstream.domain.run import RunView
from opstream.errors import StoreUnavailable

log = structlog.get_logger(__name__)
_LONGEST_WAIT_SECONDS = 30.0
_CLOCKS_DIFFER = timedelta(minutes=10)  # ours and the one that Slack stamps messages by


class Showing:
    """The messages of one run, on their way to its newest state."""

    def __init__(self, view: RunView, tools: Tools) -> None:
        self._run_id = view.run.id
        self._tools = tools
        self._content = Content(view, tools.clock)
        self._known = KnownPostings(view.run.id, tools.store)
        self._growing = Growing(tools.native, tools.clock)
        self._sought: set[str] = set()
        self._must_move = ""  # why the channel cannot be used, once that is so
        self._rests = Rests(self._now, tools.rest_seconds)
        self._failures = 0
        self._shown_version = 0
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._start()

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The work under way, or None when Slack shows all there is to show."""
        return self._task if self._task and not self._task.done() else None

    def show(self, view: RunView) -> None:
        """Take in a newer state; an older one is ignored."""
        if self._content.take(view):
            self._start()

    def progress(self, step: str, progress: Progress) -> None:
        """Take in how far a call is; it shows with the next edit."""
        if self._content.progress(step, progress) and self.task is None:
            self._start()

    def _start(self) -> None:
        self._news.set()
        if self.task is None:
            self._task = asyncio.create_task(self._work(), name=f"show {self._run_id}")
            self._tools.at_work.add(self._task)
            self._task.add_done_callback(self._tools.at_work.discard)
            self._task.add_done_callback(_report)

    async def _work(self) -> None:
        while not await self._turn():
            pass
        self._content.forget()

    async def _turn(self) -> bool:
        """Make one move; return whether to stop, because all is done or nothing can be."""
        self._news.clear()
        try:
            done = await self._step()
        except (SlackApiError, SlackClientError) as error:
            return not await self._recover(understand(error))
        except (*NETWORK, StoreUnavailable) as error:
            return not await self._recover(Trouble(Kind.TRY_AGAIN, type(error).__name__))
        self._failures = 0
        return done

    async def _step(self) -> bool:
        await self._known.read()
        if self._must_move and not await self._move_home():
            return True
        version, parts = self._view.run.version, self._parts()
        resting = self._rests.resting(parts)
        move = self._next_move(parts, resting)
        if move is not None:
            await self._make(move)
        elif resting and self._next_move(parts, ()) is not None:
            self._content.forget()
            await self._tools.outbox.pacing.pause(self._rests.seconds_left(resting), self._news)
        elif caller := self._caller():
            await self._known.remember(await self._tools.callers.tell(caller, self._view))
        elif version != self._shown_version:
            await self._known.shown(version)
            self._shown_version = version
        else:
            return not self._news.is_set()
        return False

    def _next_move(self, parts: Sequence[Part], resting: Collection[str]) -> Move | None:
        return next_move(
            parts,
            self._known.by_part,
            sought=self._sought,
            resting=resting,
            fingerprint=self._content.digest,
        )

    @property
    def _view(self) -> RunView:
        return self._content.view

    def _caller(self) -> Posting | None:
        """Return who waits for the end of the run and can be told of it."""
        caller = self._known.by_part.get(CALLER)
        waits = caller is not None and caller.ts is None and self._view.run.status.ended
        return caller if waits else None

    def _parts(self) -> Sequence[Part]:
        wanted, card = self._view.run.place, self._known.card
        moved = wanted is not None and card is not None and card.place.channel != wanted.channel
        return self._content.parts(wanted.channel if wanted is not None and moved else "")

    def _part(self, key: str) -> Part | None:
        return next((part for part in self._parts() if part.key == key), None)

    async def _make(self, move: Move) -> None:
        match move:
            case Find():
                await self._find(move)
            case Post():
                await self._post(move.key)
            case Edit():
                await self._edit(move)
            case Close():
                await self._close(move)

    async def _find(self, move: Find) -> None:
        posting = move.posting
        since = (self._view.run.started_at - _CLOCKS_DIFFER).timestamp()
        fits = partial(began_as, posting) if is_begun(posting) else None
        try:
            ts = await self._tools.outbox.find(posting.place, posting.key, since, fits)
        except SlackApiError as error:
            if understand(error).kind is Kind.TRY_AGAIN:
                raise
            log.warning("message_not_looked_for", key=posting.key, code=str(error))
            ts = None
        if ts is None:
            self._sought.add(move.key)
        else:
            await self._known.remember(replace(posting, ts=ts))

    async def _post(self, key: str) -> None:
        home = await self._home()
        if await self._begun(key, home):
            return
        lane, urgency = self._tools.outbox.pacing.posts(home.channel), self._pressing()
        self._content.forget()
        await lane.turn(urgency)
        part = self._part(key)
        if part is None:
            return
        where = place_of(key, self._known.card, home)
        meant = await self._known.mean(key, where)
        self._sought.discard(key)
        try:
            channel, ts = await self._tools.outbox.post(where, part.message, meant.key)
        except SlackApiError as error:
            if understand(error).kind is not Kind.TRY_AGAIN:
                self._sought.add(key)  # a refusal is an answer: it is not there
            self._tools.outbox.wait_if_told(lane, error)
            return
        self._rests.sent(part)
        stands = replace(meant, place=Place(channel, where.thread), ts=ts)
        await self._known.remember(replace(stands, digest=self._content.digest(part.message)))

    async def _begun(self, key: str, home: Place) -> bool:
        """Begin a part that grows as a stream; return False for one that has to be posted."""
        part, where = self._part(key), place_of(key, self._known.card, home)
        if part is None or not self._growing.takes(part, where):
            return False
        meant = await self._known.mean(key, where, begun(part.grows))
        self._sought.discard(key)
        ts = await self._growing.begin(part, where, self._view.run.by.id)
        if ts is not None:
            self._rests.sent(part, streams=True)
            digest = self._content.digest(part.message)
            await self._known.remember(replace(meant, ts=ts, digest=digest))
        return ts is not None

    def _pressing(self) -> int:
        """Return how urgent the next post is: as urgent as the most urgent one behind it."""
        missing = [one for one in self._parts() if one.key not in self._known.by_part]
        return min((one.urgency for one in missing), default=Urgency.NEWS)

    async def _edit(self, move: Edit) -> None:
        self._content.forget()
        part = self._part(move.key)
        streams = part is not None and await self._growing.bring(part, move.posting)
        if not streams:
            await self._tools.outbox.pacing.edits.turn(thread.urgency(move.key))
            part = self._part(move.key)
        if part is not None and (streams or await self._replace(move.posting, part.message)):
            self._rests.sent(part, streams=streams)
            digest = self._content.digest(part.message)
            await self._known.remember(replace(move.posting, digest=digest))

    async def _close(self, move: Close) -> None:
        posting = move.posting
        found = await self._tools.outbox.read(posting.place, posting.ts or "")
        await self._tools.outbox.pacing.edits.turn(thread.urgency(move.key))
        closed = thread.closed(move.key, found) if found else None
        if closed is None or await self._replace(posting, closed):
            await self._known.remember(replace(posting, digest=CLOSED))

    async def _replace(self, posting: Posting, message: Message) -> bool:
        """Edit a message; return whether that is over and done with."""
        place, ts = posting.place, posting.ts or ""
        try:
            await self._tools.outbox.edit(place.channel, ts, message, posting.key)
        except SlackApiError as error:
            if understand(error).code == "streaming_state_conflict":  # it began in an earlier life
                await self._tools.native.leave(place.channel, ts)
                return False
            if understand(error).kind is not Kind.GONE:
                self._tools.outbox.wait_if_told(self._tools.outbox.pacing.edits, error)
                return False
            log.info("message_gone", key=posting.key)
        return True

    async def _home(self) -> Place:
        tools = self._tools
        return await home_of(self._view.run, self._known, tools.outbox, tools.default_channel)

    async def _move_home(self) -> bool:
        """Take the run to a direct message with its asker; return whether there was one to take to."""
        card = self._known.card
        direct = await self._tools.outbox.direct_channel(self._view.run.by.id)
        if card is not None and card.place.channel == direct:
            log.error("showing_has_no_place", run=self._run_id, code=self._must_move)
            return False
        log.warning("showing_moved", run=self._run_id, code=self._must_move)
        await self._known.mean(thread.CARD, Place(direct))
        self._must_move = ""
        return True

    async def _recover(self, trouble: Trouble) -> bool:
        """Do what a refusal asks for; return whether to go on."""
        match trouble.kind:
            case Kind.ELSEWHERE:
                self._must_move = trouble.code
                return True
            case Kind.TOO_MUCH:
                return self._say_it_plainly(trouble.code)
            case Kind.TRY_AGAIN | Kind.WAIT:
                await self._back_off(trouble)
                return True
        log.error("showing_refused", run=self._run_id, code=trouble.code)
        self._must_move = ""
        return False

    def _say_it_plainly(self, code: str) -> bool:
        """Fall back to bare text for the parts that are behind, so that nothing is lost."""
        behind = self._known.behind(self._parts(), self._content.digest)
        log.error("blocks_refused", run=self._run_id, code=code, parts=sorted(behind))
        return self._content.say_plainly(behind)

    async def _back_off(self, trouble: Trouble) -> None:
        self._failures += 1
        wait = min(_LONGEST_WAIT_SECONDS, 0.5 * 2 ** min(self._failures, 10))
        wait = max(wait, trouble.wait_seconds)
        log.warning("showing_delayed", run=self._run_id, reason=trouble.code, seconds=wait)
        await self._tools.outbox.pacing.sleep(wait)

    def _now(self) -> float:
        return self._tools.clock.now().timestamp()


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("showing_broke", task=task.get_name(), exc_info=error)
