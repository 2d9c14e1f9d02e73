"""Which private channels a person is not in; what Slack says of that is remembered for a while."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.troubles import NETWORK, understand
from handlers.workspaces.names import workspace_of
from opstream.domain.person import Sight
from opstream.errors import OpStreamError
from opstream.ports import Clock

log = structlog.get_logger(__name__)
_FRESH = timedelta(minutes=5)
_KEPT = 2_000
_PAGE = 200
_PAGES = 25

Fetch = Callable[[str], Awaitable[Any]]


class Sights:
    """Finds out what people cannot see; while Slack does not say, what it said last holds."""

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: OrderedDict[str, tuple[datetime, frozenset[str]]] = OrderedDict()

    async def of(self, person: str) -> Sight:
        """Return what a person cannot see.

        Raises:
            OpStreamError: Slack does not say who is in which channel, and never did.
        """
        workspace = workspace_of(person)
        private = await self._private(workspace)
        theirs = {channel for channel in private if person in await self._members(channel)}
        return Sight(workspace, private - theirs, frozenset(theirs))

    async def of_channel(self, channel: str) -> Sight:
        """Return what cannot be seen by all who are in a channel, whoever they are.

        Raises:
            OpStreamError: Slack does not say which channels are private, and never did.
        """
        workspace = workspace_of(channel)
        return Sight(workspace, await self._private(workspace) - {channel})

    async def _private(self, workspace: str) -> frozenset[str]:
        """Return the private channels of a workspace that the bot is in."""

        async def fetch(cursor: str) -> Any:  # noqa: ANN401  # what slack_sdk gives
            return await self._client.users_conversations(
                types="private_channel", limit=_PAGE, cursor=cursor or None
            )

        return await self._all(f"{workspace}/", fetch, "channels")

    async def _members(self, channel: str) -> frozenset[str]:
        async def fetch(cursor: str) -> Any:  # noqa: ANN401  # what slack_sdk gives
            return await self._client.conversations_members(
                channel=channel, limit=_PAGE, cursor=cursor or None
            )

        return await self._all(channel, fetch, "members")

    async def _all(self, name: str, fetch: Fetch, field: str) -> frozenset[str]:
        """Return all pages of a list of ids, from memory while it is fresh."""
        known = self._known.get(name)
        if known is not None and self._clock.now() - known[0] < _FRESH:
            return known[1]
        try:
            found = await self._read(fetch, field)
        except (SlackApiError, *NETWORK) as error:
            if known is not None:
                return known[1]
            code = understand(error).code if isinstance(error, SlackApiError) else "network"
            log.warning("membership_unknown", of=name, code=code)
            raise OpStreamError(
                "Slack could not tell me which channels you are in just now. Please try again in a "
                "moment."
            ) from error
        self._known[name] = (self._clock.now(), found)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found

    async def _read(self, fetch: Fetch, field: str) -> frozenset[str]:
        found: list[str] = []
        cursor = ""
        for _ in range(_PAGES):
            page = await fetch(cursor)
            found += [one if isinstance(one, str) else str(one["id"]) for one in page[field]]
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return frozenset(found)
