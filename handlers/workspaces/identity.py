"""Who we are in the workspace that a delivery comes from."""

import re

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.workspaces.installed import Installed


class Identity:
    """Answers from memory, so that no acknowledgement waits for it.

    Args:
        client: With the token of the workspace at home, or without one where there is no home.
        installed: The other workspaces; None where there are none.
    """

    def __init__(self, client: AsyncWebClient, installed: Installed | None = None) -> None:
        self._client = client
        self._installed = installed
        self._home: AuthorizeResult | None = None

    async def tell(self) -> AuthorizeResult:
        """Return who we are at home."""
        if self._home is None:
            found = await self._client.auth_test()
            self._home = AuthorizeResult(
                enterprise_id=found.get("enterprise_id"),
                team_id=found.get("team_id"),
                bot_user_id=found.get("user_id"),
                bot_id=found.get("bot_id"),
                bot_token=self._client.token,
            )
        return self._home

    async def team(self) -> str:
        """Return the id of the workspace at home."""
        return (await self.tell()).team_id or ""

    async def unnamed(self, text: str) -> str:
        """Return what somebody said to us at home, without our id wherever it stands."""
        me = (await self.tell()).bot_user_id if self._client.token else None
        return re.sub(rf"[\s,]*\b{me}\b[\s,:]*", " ", text).strip() if me else text

    async def among(
        self, enterprise_id: str | None, team_id: str | None, context: AsyncBoltContext
    ) -> AuthorizeResult | None:
        """Return who we are in a workspace, as Bolt wants it; None where nobody installed us."""
        if self._client.token:
            home = await self.tell()
            if self._installed is None or team_id in (None, home.team_id):
                return home
        if self._installed is None or team_id is None:
            return None
        bot = await self._installed.async_find_bot(enterprise_id=enterprise_id, team_id=team_id)
        if bot is None:
            return None
        context["workspace"] = team_id
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token=bot.bot_token,
        )
