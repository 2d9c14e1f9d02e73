"""Which user groups a person is in, of those that roles and approvals name; remembered for a while.

`usergroups.list` and `usergroups.users.list` are Tier 2, so both are asked seldom: while Slack does not
answer, what it said last holds, and who was never known to be in a group is not.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.troubles import NETWORK, understand
from opstream.ports import Clock

log = structlog.get_logger(__name__)
_FRESH = timedelta(minutes=10)
_AGAIN = timedelta(minutes=1)


class Groups:
    """Finds out who is in which group.

    Args:
        named: Gives the groups that matter: ids begin with S, handles with @.
    """

    def __init__(
        self, client: AsyncWebClient, clock: Clock, named: Callable[[], frozenset[str]]
    ) -> None:
        self._client = client
        self._clock = clock
        self._named = named
        self._until: datetime | None = None
        self._asked_of: frozenset[str] = frozenset()
        self._members: dict[str, frozenset[str]] = {}
        self._ids: dict[str, str] = {}

    async def of(self, person: str) -> frozenset[str]:
        """Return the groups of a person, as the roles name them."""
        await self._refresh()
        return frozenset(name for name, members in self._members.items() if person in members)

    async def id_of(self, name: str) -> str | None:
        """Return the id of a group that is named, or None where the chat knows none of that name."""
        await self._refresh()
        return self._ids.get(name)

    async def _refresh(self) -> None:
        now, named = self._clock.now(), self._named()
        if not named:
            self._members, self._ids = {}, {}
        elif self._until is None or now >= self._until or named != self._asked_of:
            self._asked_of = named
            try:
                self._members = await self._ask(named)
                self._until = now + _FRESH
            except (SlackApiError, *NETWORK) as error:
                code = understand(error).code if isinstance(error, SlackApiError) else "network"
                log.warning("groups_unknown", code=code)
                self._until = now + _AGAIN

    async def _ask(self, named: frozenset[str]) -> dict[str, frozenset[str]]:
        listed = await self._client.usergroups_list()
        found: dict[str, frozenset[str]] = {}
        for group in listed.get("usergroups") or ():
            names = named & {group["id"], f"@{group['handle']}"}
            self._ids |= dict.fromkeys(names, str(group["id"]))
            if names:
                answer = await self._client.usergroups_users_list(usergroup=group["id"])
                members = frozenset(answer.get("users") or ())
                found |= dict.fromkeys(names, members)
        return found
