"""The workspaces that installed the app, with their tokens: sealed in the encrypted store."""

import asyncio
import json
from collections.abc import Callable
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


class Installed(AsyncInstallationStore):  # type: ignore[misc]  # slack_sdk has no types for it
    """Which bot token serves which workspace; renews those that expire.

    Args:
        vault: Where they are kept.
        rotator: Renews tokens; makes one when it is needed, None where the app has no client id.
    """

    def __init__(
        self, vault: Vault, rotator: Callable[[], AsyncTokenRotator] | None = None
    ) -> None:
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
        """Keep a bot's tokens."""
        kept = {**bot.to_dict_for_copying(), "custom_values": {}, "installed_at": bot.installed_at}
        await self._vault.put(_name(bot.enterprise_id, bot.team_id), json.dumps(kept))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """Return the bot of a workspace, or of its whole organisation."""
        for id in (team_id, enterprise_id):
            kept = await self._vault.get(f"{_PREFIX}{id}") if id else None
            if kept is not None:
                return await self._fresh(Bot(**json.loads(kept)))
        return None

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
        await self._vault.remove(_name(enterprise_id, team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Do nothing: there are no tokens of people."""

    async def token(self, workspace: str) -> str:
        """Return the token for a workspace.

        Raises:
            OpStreamError: it has not installed the app, or its token cannot be renewed.
        """
        bot = await self.async_find_bot(enterprise_id=None, team_id=workspace)
        if bot is None or not bot.bot_token:
            raise OpStreamError(
                f"The workspace {workspace} has not installed OpStream, or has removed it. Install it "
                "again from the page `/slack/install`."
            )
        return str(bot.bot_token)

    async def workspaces(self) -> list[str]:
        """Return the ids of all workspaces and organisations that installed the app."""
        return [name.removeprefix(_PREFIX) for name in await self._vault.names(_PREFIX)]

    async def _fresh(self, bot: Bot) -> Bot:
        """Return a bot whose token lives for a while yet."""
        if self._rotator is None or bot.bot_token_expires_at is None:
            return bot
        async with self._renewing:  # a token of renewal works once
            name = _name(bot.enterprise_id, bot.team_id)
            latest = Bot(**json.loads(await self._vault.get(name) or "{}"))
            try:
                renewed = await self._rotator().perform_bot_token_rotation(
                    bot=latest, minutes_before_expiration=_EARLY_MINUTES
                )
            except (SlackTokenRotationError, *NETWORK):
                self.logger.exception("token_not_renewed")
                return latest  # it may still live for a while; the next call tries again
            if renewed is None:
                return latest
            await self.async_save_bot(renewed)
            return renewed


def _name(enterprise_id: str | None, team_id: str | None) -> str:
    return f"{_PREFIX}{team_id or enterprise_id or ''}"
