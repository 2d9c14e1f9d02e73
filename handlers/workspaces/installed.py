"""The workspaces that installed the app, with their tokens: sealed in the encrypted store."""

import asyncio
import json
from collections.abc import Callable, Sequence
from logging import Logger, getLogger

from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from handlers.troubles import NETWORK
from opstream.errors import OpStreamError
from opstream.ports import Vault

_PREFIX = "slack/"
_EARLY_MINUTES = 120
_OF = "organisation"


class Installed(AsyncInstallationStore):
    """Which bot token serves which workspace; renews those that expire.

    Args:
        vault: Where they are kept.
        rotator: Makes what renews tokens, when it is needed.
    """

    def __init__(self, vault: Vault, rotator: Callable[[], AsyncTokenRotator]) -> None:
        self._vault = vault
        self._rotator = rotator
        self._renewing = asyncio.Lock()

    @property
    def logger(self) -> Logger:
        """What Bolt logs to."""
        return getLogger("opstream.bolt")

    async def async_save(self, installation: Installation) -> None:
        """Keep what an installation gave, in place of an earlier one."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep the tokens of a bot."""
        await self._vault.put(_name(bot.team_id or bot.enterprise_id), json.dumps(vars(bot)))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """Return the bot of a workspace, or of its whole organisation; None when there is none."""
        found = await self._load(team_id)
        if found is None and enterprise_id:
            found = await self._load(enterprise_id)
            if found is not None and team_id:  # so that it is found by the workspace alone
                await self._vault.put(_name(team_id), json.dumps({_OF: enterprise_id}))
        return None if found is None else await self._fresh(found)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """Return nothing: there are no tokens of people, only of bots."""
        return None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace that has uninstalled the app."""
        await self._vault.remove(_name(team_id or enterprise_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Do nothing: there are no tokens of people."""

    async def token(self, workspace: str) -> str:
        """Return the token for a workspace.

        Raises:
            OpStreamError: it has not installed the app.
        """
        bot = await self.async_find_bot(enterprise_id=None, team_id=workspace)
        if bot is None or not bot.bot_token:
            raise OpStreamError(
                f"The workspace {workspace} has not installed OpStream, or has removed it. "
                "An admin of it can install it at `/slack/install`."
            )
        return bot.bot_token

    async def workspaces(self) -> Sequence[str]:
        """Return the ids of all workspaces and organisations that installed the app."""
        return [name.removeprefix(_PREFIX) for name in await self._vault.names(_PREFIX)]

    async def _load(self, id: str | None) -> Bot | None:
        kept = await self._vault.get(_name(id)) if id else None
        if kept is None:
            return None
        fields = json.loads(kept)
        return await self._load(fields[_OF]) if _OF in fields else Bot(**fields)

    async def _fresh(self, bot: Bot) -> Bot:
        """Return a bot whose token lives for a while yet."""
        if bot.bot_token_expires_at is None:
            return bot
        async with self._renewing:  # a token of renewal works once
            latest = await self._load(bot.team_id or bot.enterprise_id) or bot
            try:
                renewed = await self._rotator().perform_bot_token_rotation(
                    bot=latest, minutes_before_expiration=_EARLY_MINUTES
                )
            except (SlackTokenRotationError, *NETWORK):
                # It may still live for a while, and the next call tries again.
                self.logger.exception("the token of %s was not renewed", bot.team_id)
                return latest
            if renewed is None:
                return latest
            await self.async_save_bot(renewed)
            return renewed


def _name(id: str | None) -> str:
    return f"{_PREFIX}{id or ''}"
