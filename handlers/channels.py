"""Slack channel id -> name; what Slack says of a channel is remembered for a while."""

from collections import OrderedDict
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.troubles import NETWORK
from opstream.ports import Clock

_FRESH = timedelta(hours=1)
_KEPT = 10_000
_NOT_SEEN = frozenset({"channel_not_found", "not_in_channel"})


class Channels:
    """Finds the names of channels."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._names: OrderedDict[str, tuple[datetime, str]] = OrderedDict()

    async def name(self, channel: str) -> str:
        """Return the name of a channel without `#`, '' when Slack does not say it."""
        known = self._names.get(channel)
        if known is not None and self._clock.now() - known[0] < _FRESH:
            return known[1]
        try:
            response = await self._client.conversations_info(channel=channel)
        except (SlackApiError, *NETWORK):
            return known[1] if known else ""
        name = str((response.get("channel") or {}).get("name") or "")
        self._names[channel] = (self._clock.now(), name)
        if len(self._names) > _KEPT:
            self._names.popitem(last=False)
        return name

    async def is_ours(self, channel: str) -> bool:
        """Return whether all who are in a channel are of its workspace; no while Slack does not say.

        It is asked each time: what was ours an hour ago may be shared with others by now.
        """
        try:
            response = await self._client.conversations_info(channel=channel)
        except (SlackApiError, *NETWORK):
            return False
        found = response.get("channel") or {}
        others = ("is_shared", "is_ext_shared", "is_org_shared", "is_pending_ext_shared")
        return bool(found) and not any(found.get(one) for one in others)

    async def is_heard_in(self, channel: str) -> bool:
        """Return whether what the bot says in a channel arrives; yes while Slack cannot be asked."""
        if channel.rpartition("/")[2].startswith(
            ("U", "W")
        ):  # a person: that is written to directly
            return True
        try:
            response = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            return error.response.get("error") not in _NOT_SEEN
        except NETWORK:
            return True
        found = response.get("channel") or {}
        return bool(found.get("is_im") or found.get("is_member", True))
