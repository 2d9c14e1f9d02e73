"""The address of a run, to be shared: a page of ours, or without one the permalink of its thread.

What is behind an address is shown to whoever may see the run, and to nobody else. To a stranger who opens
the page, a run in a private channel or a direct message is the same as a run that never was.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.threads import permalink, thread_of
from handlers.troubles import NETWORK
from handlers.workspaces.client import asking
from opstream.domain.addresses import is_id, page_of
from opstream.domain.conversation import Place
from opstream.ports import Clock, PostingStore

_FRESH = timedelta(minutes=1)
_KEPT = 1_000


class Addresses:
    """Finds where runs are.

    Args:
        public_url: Where our pages are found, with a slash at its end; '' when there are none.
    """

    def __init__(
        self, client: AsyncWebClient, postings: PostingStore, clock: Clock, public_url: str = ""
    ) -> None:
        self.public_url = public_url
        self._client = client
        self._postings = postings
        self._clock = clock
        self._open: OrderedDict[str, tuple[datetime, str]] = OrderedDict()

    async def of(self, run_id: str) -> str:
        """Return the address of a run, '' while it has none."""
        if self.public_url:
            return page_of(self.public_url, run_id)
        return await self.thread_of(run_id)

    async def thread_of(self, run_id: str) -> str:
        """Return the permalink of a run's thread, '' while it has none."""
        return await permalink(self._client, await thread_of(self._postings, run_id))

    async def for_strangers(self, run_id: str) -> str:
        """Return the permalink of a run in a public channel, which Slack opens for who is signed in.

        '' for every other run, and for what is no run at all.
        """
        if not self.public_url or not is_id(run_id):
            return ""
        known, now = self._open.pop(run_id, None), self._clock.now()
        if known is None or now - known[0] >= _FRESH:  # a channel may have become private
            known = now, await self._public_thread(run_id)
        self._open[run_id] = known
        if len(self._open) > _KEPT:
            self._open.popitem(last=False)
        return known[1]

    async def _public_thread(self, run_id: str) -> str:
        place = await thread_of(self._postings, run_id)
        if place is None or place.is_direct:
            return ""
        asking.set(place.workspace)
        return await permalink(self._client, place) if await self._is_public(place) else ""

    async def _is_public(self, place: Place) -> bool:
        try:
            answer = await self._client.conversations_info(channel=place.channel)
        except (SlackApiError, *NETWORK):
            return False
        channel = answer.get("channel") or {}
        return channel.get("is_channel") is True and channel.get("is_private") is False
