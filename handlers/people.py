"""Slack user id -> Person; what Slack says of somebody is remembered for a while."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.groups import Groups
from handlers.payloads import Asker
from handlers.sights import Sights
from handlers.troubles import NETWORK, understand
from opstream.domain.person import Person
from opstream.errors import OpStreamError
from opstream.ports import Clock

log = structlog.get_logger(__name__)
_FRESH = timedelta(minutes=10)
_KEPT = 10_000


class Roles(Protocol):
    """Who gives people their roles; `services.people` does."""

    def person(
        self,
        id: str,
        name: str,
        *,
        is_bot: bool = False,
        is_workspace_admin: bool = False,
        timezone: str = "UTC",
        groups: frozenset[str] = frozenset(),
    ) -> Person:
        """Return somebody with the roles they have."""

    @property
    def group_names(self) -> frozenset[str]:
        """The groups whose members have to be known."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says of somebody."""

    name: str
    is_bot: bool
    is_admin: bool
    timezone: str
    is_outside: bool = False


class People:
    """Finds people; whom Slack cannot describe now is not let in, as they might be a bot.

    Args:
        asked: Gives the groups that count besides those that roles name.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        roles: Roles,
        clock: Clock,
        asked: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._client = client
        self._roles = roles
        self._clock = clock
        self.sights = Sights(client, clock)
        self.groups = Groups(client, clock, lambda: roles.group_names | asked())
        self._profiles: OrderedDict[str, tuple[datetime, Profile]] = OrderedDict()

    async def find(self, asker: Asker) -> Person:
        """Return the person behind an id.

        Raises:
            OpStreamError: Slack does not say who that is.
        """
        profile = await self._profile(asker.id)
        person = self._roles.person(
            asker.id,
            profile.name or asker.name or asker.id,
            is_bot=profile.is_bot or asker.is_bot,
            is_workspace_admin=profile.is_admin,
            timezone=profile.timezone,
            groups=await self.groups.of(asker.id),
        )
        if profile.is_outside:  # a guest from another company may look, and no more
            person = replace(person, roles=frozenset())
        return replace(person, sight=await self.sights.of(asker.id))

    async def _profile(self, user: str) -> Profile:
        known = self._profiles.get(user)
        if known is not None and self._clock.now() - known[0] < _FRESH:
            return known[1]
        try:
            response = await self._client.users_info(user=user)
        except (SlackApiError, *NETWORK) as error:
            if known is not None:
                return known[1]
            code = understand(error).code if isinstance(error, SlackApiError) else "network"
            log.warning("person_unknown", user=user, code=code)
            raise OpStreamError(
                "Slack could not tell me who you are just now. Please try again in a moment."
            ) from error
        profile = _profile(response.get("user") or {})
        self._profiles[user] = (self._clock.now(), profile)
        if len(self._profiles) > _KEPT:
            self._profiles.popitem(last=False)
        return profile


def _profile(user: Mapping[str, Any]) -> Profile:
    profile = user.get("profile") or {}
    called = user.get("real_name") or profile.get("real_name") or profile.get("display_name")
    return Profile(
        name=str(called or user.get("name") or ""),
        is_bot=bool(user.get("is_bot") or user.get("is_workflow_bot")),
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        timezone=str(user.get("tz") or "UTC"),
        is_outside=bool(user.get("is_stranger")),
    )
