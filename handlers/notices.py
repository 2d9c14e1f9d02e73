"""Carries notices in Slack: one message for all that is due, not to be posted twice; and who is paused."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks import notices as cards
from blocks.thread import Urgency
from handlers.outbox import Outbox, without_blocks
from handlers.payloads import Asker
from handlers.threads import permalink, thread_of
from handlers.troubles import NETWORK, Kind, understand
from handlers.workspaces.client import asking
from handlers.workspaces.names import workspace_of
from opstream.domain.conversation import Place
from opstream.domain.notification import Notice
from opstream.errors import NotFound, OpStreamError
from opstream.notifications.addressing import is_group, is_person
from opstream.ports import Batch, Carried, PostingStore

log = structlog.get_logger(__name__)
_FRESH = timedelta(minutes=5)
_KEPT = 5_000
_AGAIN_SECONDS = 15.0
_SLACK_TIME = timedelta(minutes=1)

Sees = Callable[[str, Asker], Awaitable[None]]
GroupOf = Callable[[str], Awaitable[str | None]]


class SlackCourier:
    """Satisfies the port `Courier`.

    Args:
        sees: Raises NotFound when a person must not see a run.
        group: Gives the id of a group that is named, or None.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        outbox: Outbox,
        postings: PostingStore,
        sees: Sees,
        group: GroupOf,
    ) -> None:
        self._group = group
        self._postings = postings
        self._client = client
        self._outbox = outbox
        self._sees = sees
        self._pauses: OrderedDict[str, tuple[datetime, datetime | None]] = OrderedDict()

    async def carry(self, batch: Batch) -> Carried:
        """Post a batch as one message, unless it stands there already."""
        asking.set(workspace_of(batch.target.owner))  # not of whoever happened to wake us
        try:
            return await self._carry(batch)
        except SlackApiError as error:
            trouble = understand(error)
            if trouble.kind is Kind.WAIT:
                return Carried(False, trouble.wait_seconds, "Slack asked us to wait.")
            if trouble.kind is Kind.TRY_AGAIN:
                return Carried(False, _AGAIN_SECONDS, f"Slack has a bad moment: {trouble.code}.")
            return Carried(False, None, f"Slack does not take it: {trouble.code}.")
        except NETWORK as error:
            return Carried(False, _AGAIN_SECONDS, f"No answer came ({type(error).__name__}).")

    async def _carry(self, batch: Batch) -> Carried:
        owner, places = batch.target.owner, await self._places(batch)
        if not places:
            return Carried(False, None, "There is no thread in which a group could be told.")
        notices = [one.notice for one in batch.parts]
        if is_person(owner):
            try:
                notices = [one for one in notices if await self._may_hear(one, owner)]
            except OpStreamError as error:
                return Carried(False, _AGAIN_SECONDS, str(error))
        if not notices:
            return Carried(False, None, "They may not see that run.")
        if not await self._stands(batch, places):
            await self._post(notices, places[0], owner, batch.key)
        return Carried(True)

    async def _may_hear(self, notice: Notice, person: str) -> bool:
        if not notice.run:
            return True
        try:
            await self._sees(notice.run, Asker(person))
        except NotFound:
            return False
        return True

    async def _places(self, batch: Batch) -> Sequence[Place]:
        """Return where to post a batch, and where else it may have been posted before; () for nowhere.

        What belongs to the thread of a run is told in a direct message while that run has no thread.
        """
        owner, place = batch.target.owner, batch.target.place or Place(batch.target.owner)
        if is_group(owner):
            thread = await self._thread(batch.parts[0].notice)
            return (thread,) if thread else ()
        if batch.target.run:
            direct = Place(await self._outbox.direct_channel(owner))
            card = await thread_of(self._postings, batch.target.run)
            return (card, direct) if card else (direct,)
        if place.is_direct:
            return (Place(await self._outbox.direct_channel(place.channel)),)
        if place.channel.startswith("#"):
            return (Place(await self._outbox.channel_named(place.channel)),)
        return (place,)

    async def _stands(self, batch: Batch, places: Sequence[Place]) -> bool:
        """Return whether a message that may have been posted before a crash is there."""
        if not batch.again:
            return False
        since = (min(one.at for one in batch.parts) - _SLACK_TIME).timestamp()
        return any([await self._outbox.find(place, batch.key, since) for place in places])

    async def _post(self, notices: Sequence[Notice], place: Place, owner: str, key: str) -> None:
        links = {one.key: await self._link(one) for one in notices[: cards.LINES_LIMIT]}
        whom = owner if is_person(owner) and not place.is_direct else ""
        if is_group(owner):
            whom = await self._group(owner) or owner
        message = cards.told(notices, links, whom)
        await self._outbox.pacing.posts(place.channel).turn(Urgency.NEWS)
        try:
            await self._outbox.post(place, message, key)
        except SlackApiError as error:
            if understand(error).kind is not Kind.TOO_MUCH:
                raise
            await self._outbox.post(place, without_blocks(message), key)

    async def _link(self, notice: Notice) -> str:
        """Return where the thread of a notice is, '' for none."""
        return await permalink(self._client, await self._thread(notice))

    async def _thread(self, notice: Notice) -> Place | None:
        return await thread_of(self._postings, notice.run) or notice.place

    async def pause_ends(self, person: str, now: datetime) -> datetime | None:
        """Return when the do-not-disturb that is on now ends; None while it is off, or unknown."""
        asking.set(workspace_of(person))
        known = self._pauses.get(person)
        if known is None or now - known[0] >= _FRESH:
            known = (now, await self._ask(person, now))
            self._pauses[person] = known
            if len(self._pauses) > _KEPT:
                self._pauses.popitem(last=False)
        ends = known[1]
        return ends if ends is not None and ends > now else None

    async def _ask(self, person: str, now: datetime) -> datetime | None:
        try:
            found = await self._client.dnd_info(user=person)
        except (SlackApiError, *NETWORK) as error:
            log.warning("pause_unknown", person=person, reason=type(error).__name__)
            return None
        ends = [float(found.get("snooze_endtime") or 0)] if found.get("snooze_enabled") else []
        begins = float(found.get("next_dnd_start_ts") or 0)
        if found.get("dnd_enabled") and begins <= now.timestamp():
            ends.append(float(found.get("next_dnd_end_ts") or 0))
        return datetime.fromtimestamp(max(ends), UTC) if ends else None
