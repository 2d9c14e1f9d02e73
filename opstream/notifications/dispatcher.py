"""Sends notices or holds them: nothing is lost by a crash, and nothing is sent twice.

A notice is written down for each of its targets before anything is sent; the timetable then brings the
dispatcher here whenever something is due. What is due for one target goes as one message; a question that
was settled while its notice was held is left out. Before it is sent, it is noted that it is in somebody's hands: after a crash the courier first looks whether the message
stands already.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from opstream.domain.conversation import Place
from opstream.domain.notification import (
    Dispatch,
    Notice,
    NoticeKind,
    Preferences,
    Standing,
    Target,
)
from opstream.domain.run import Run
from opstream.notifications import addressing, asking, policy, wording
from opstream.notifications.policy import Decision, Lately, Verdict
from opstream.ports import (
    Batch,
    Carried,
    Clock,
    Courier,
    NoticeDefaults,
    NoticeStore,
    Outside,
    Timetable,
)

log = structlog.get_logger(__name__)

_A_WHILE = timedelta(minutes=1)
_IN_HAND = timedelta(minutes=5)
_MOST_TRIES = 8
_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(hours=1)
_MEMORY = timedelta(days=1)
_STANDINGS = {
    Verdict.NOW: Standing.HELD,
    Verdict.LATER: Standing.HELD,
    Verdict.DIGEST: Standing.DIGEST,
    Verdict.DROP: Standing.DROPPED,
}


class Dispatcher:
    """Takes notices, and sends what is due; a ticker of the timetable.

    In a process that is not connected to the chat there is no courier: notices are written down there, and
    another process sends them.

    Args:
        run_of: Gives a run as it is now, or None when there is none of an id.
    """

    def __init__(
        self,
        store: NoticeStore,
        outside: Outside,
        clock: Clock,
        timetable: Timetable,
        defaults: NoticeDefaults,
        run_of: Callable[[str], Awaitable[Run | None]],
    ) -> None:
        self._run_of = run_of
        self._store = store
        self._outside = outside
        self._clock = clock
        self._timetable = timetable
        self._defaults = defaults
        self._courier: Courier | None = None
        self._sending = asyncio.Lock()

    def bind(self, courier: Courier) -> None:
        """Say who carries messages in the chat."""
        self._courier = courier

    async def tell(self, notice: Notice) -> None:
        """Write a notice down for everybody whom it concerns, and have it sent."""
        subjects = [one for one in (notice.run, notice.subject) if one]
        watchers = await self._store.watchers(subjects) if subjects else ()
        owners = addressing.owners(notice, watchers, self._defaults)
        if not owners:  # most runs that end where others note watches, too
            return
        chosen = await self._store.preferences(owners)
        now = self._clock.now()
        found: dict[str, Dispatch] = {}
        for owner in owners:
            preferences = addressing.preferences_of(owner, chosen, self._defaults)
            for target in addressing.targets(notice, owner, preferences):
                decided = await self._decide(notice, preferences, target, now)
                standing = _STANDINGS[decided.verdict]
                found.setdefault(
                    target.id, Dispatch(notice, target, standing, now, decided.at, why=decided.why)
                )
        if await self._store.add(tuple(found.values())):
            due = [one.due_at for one in found.values() if one.standing is not Standing.DROPPED]
            if due:
                self._timetable.wake_at(min(due))

    async def cry(self, notice: Notice) -> bool:
        """Post to the critical channel at once, without writing anything down; return whether it stands.

        For the one thing that cannot be written down: that the database is away. Said twice, it stands once.
        """
        channel = self._defaults.critical or self._defaults.channel
        if self._courier is None or not channel:
            return True  # another process says it, or nobody wants to hear it
        now, target = self._clock.now(), Target(channel, Place(channel))
        said = Dispatch(notice, target, Standing.HELD, now, now)
        carried = await self._courier.carry(
            Batch(f"notice/{notice.key}", target, (said,), again=True)
        )
        return carried.done or carried.again_in is None

    async def next_at(self) -> datetime | None:
        """Return when something is due next; None where nothing can be sent."""
        return await self._store.next_due() if self._courier is not None else None

    async def tick(self, now: datetime) -> None:
        """Send what is due."""
        if self._courier is None:
            return
        async with self._sending:
            while batches := await self._store.open_batches(self._clock.now()):
                for batch in batches:  # and then what came meanwhile
                    await self._see_to(batch, self._courier, self._clock.now())

    async def _see_to(self, batch: Batch, courier: Courier, now: datetime) -> None:
        batch = await self._without_settled(batch, now)
        if not batch.parts:
            return
        if not batch.again and (moved := await self._reconsidered(batch, now)) is not None:
            standing, decided = moved
            await self._store.settle(batch, standing, now, decided.at, decided.why)
            return
        if not await self._store.take(batch, now, now + _IN_HAND):
            return
        carried = await self._carry(batch, courier)
        await self._note(replace(batch, again=True), carried)

    async def _without_settled(self, batch: Batch, now: datetime) -> Batch:
        """Return a batch without the questions that were settled since; these are told to nobody.

        One that was begun before stays as it was: it may have been posted already.
        """
        if batch.again:
            return batch
        over = tuple([one for one in batch.parts if await self._is_over(one, now)])
        if over:
            why = "It was settled before it could be told."
            await self._store.settle(replace(batch, parts=over), Standing.DROPPED, now, now, why)
        return replace(batch, parts=tuple(one for one in batch.parts if one not in over))

    async def _is_over(self, dispatch: Dispatch, now: datetime) -> bool:
        notice = dispatch.notice
        if now - dispatch.at < _A_WHILE or not asking.asks(notice):
            return False
        run = await self._run_of(notice.run)
        return run is None or not asking.is_open(notice, run)

    async def _reconsidered(self, batch: Batch, now: datetime) -> tuple[Standing, Decision] | None:
        """Return why a batch has to wait after all, or None: things may have changed since."""
        first = batch.parts[0]
        owner = batch.target.owner
        chosen = await self._store.preferences([owner])
        preferences = addressing.preferences_of(owner, chosen, self._defaults)
        if first.standing is Standing.DIGEST:
            preferences = replace(preferences, digest=None)
        for one in batch.parts:
            decided = await self._decide(one.notice, preferences, batch.target, now)
            if decided.verdict is Verdict.NOW:
                return None
        return (
            Standing.DROPPED if decided.verdict is Verdict.DROP else first.standing,
            decided,
        )

    async def _decide(
        self, notice: Notice, preferences: Preferences, target: Target, now: datetime
    ) -> Decision:
        if notice.is_critical:
            return policy.decide(notice, preferences, now, Lately())
        pause = None
        is_direct = target.place is not None and target.place.is_direct
        if self._courier is not None and is_direct and preferences.follows_do_not_disturb:
            pause = await self._courier.pause_ends(target.owner, now)
        span = preferences.frequency.per if preferences.frequency else _MEMORY
        sent = await self._store.sent_since(target.id, now - span)
        return policy.decide(notice, preferences, now, Lately(sent, pause))

    async def _carry(self, batch: Batch, courier: Courier) -> Carried:
        if batch.target.place is not None:
            return await courier.carry(batch)
        notices = [one.notice for one in batch.parts]
        title, text = wording.outside(notices, self._defaults.pages)
        return await self._outside.carry(batch.target.outside, title, text)

    async def _note(self, batch: Batch, carried: Carried) -> None:
        now, tries = self._clock.now(), batch.parts[0].tries + 1
        batch = replace(batch, parts=tuple(replace(one, tries=tries) for one in batch.parts))
        if carried.done:
            await self._store.settle(batch, Standing.SENT, now, now, "It was sent.")
        elif carried.again_in is None or tries >= _MOST_TRIES:
            await self._store.settle(batch, Standing.GIVEN_UP, now, now, carried.why)
            log.warning("notice_not_sent", target=batch.target.id, reason=carried.why)
            await self._tell_of_trouble(batch, carried.why, now)
        else:
            wait = max(timedelta(seconds=carried.again_in), backoff(tries))
            standing = batch.parts[0].standing
            await self._store.settle(batch, standing, now, now + wait, carried.why)

    async def _tell_of_trouble(self, batch: Batch, why: str, now: datetime) -> None:
        """Tell once a day that a channel beyond Slack does not work."""
        name = batch.target.outside
        if not name:
            return
        text = f"The channel “{name}” beyond Slack does not take notices: {why}"
        await self.tell(
            Notice(f"outside/{name}/{now:%Y-%m-%d}", NoticeKind.TROUBLE, text, f"Channel {name}")
        )


def backoff(tries: int) -> timedelta:
    """Return how long to wait before the next try."""
    factor: int = 2 ** min(tries - 1, 10)
    return min(_FIRST_WAIT * factor, _LONGEST_WAIT)


def sent(dispatches: Sequence[Dispatch]) -> tuple[str, ...]:
    """Return the ids of who was told, each once."""
    told = (one.target.owner for one in dispatches if one.standing is Standing.SENT)
    return tuple(dict.fromkeys(told))
