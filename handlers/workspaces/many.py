"""What makes an app serve several workspaces: installing, and knowing which one asks."""

import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from logging import getLogger

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from handlers.workspaces import names
from handlers.workspaces.client import asking
from handlers.workspaces.installed import Installed
from opstream.ports import Clock, DeliveryStore, Vault

_STATE_SECONDS = 600
Next = Callable[[], Awaitable[BoltResponse]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What Slack knows the app by; both from its Basic Information page."""

    client_id: str
    client_secret: str


class States(AsyncOAuthStateStore):
    """Tickets of those who set out to install: signed, good for ten minutes, and once."""

    def __init__(self, secret: str, deliveries: DeliveryStore, clock: Clock) -> None:
        self._secret = secret.encode()
        self._deliveries = deliveries
        self._clock = clock

    async def async_issue(self, *_: object, **__: object) -> str:
        """Return a new ticket."""
        written = f"{self._clock.now().timestamp():.0f}-{secrets.token_hex(16)}"
        return f"{written}-{self._sign(written)}"

    async def async_consume(self, state: str) -> bool:
        """Return whether a ticket is good, and make it worthless."""
        written, _, sign = state.rpartition("-")
        if not hmac.compare_digest(sign.encode(), self._sign(written).encode()):
            return False
        now = self._clock.now()
        if not 0 <= now.timestamp() - float(written.partition("-")[0]) + 1 <= _STATE_SECONDS:
            return False
        return await self._deliveries.first_time(f"install:{written}", now)

    def _sign(self, written: str) -> str:
        return hmac.new(self._secret, written.encode(), sha256).hexdigest()


def installed(credentials: Credentials, vault: Vault, client: AsyncWebClient) -> Installed:
    """Return what knows the workspaces that installed the app."""

    def rotator() -> AsyncTokenRotator:
        return AsyncTokenRotator(
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            client=client,
        )

    return Installed(vault, rotator)


def installing(
    credentials: Credentials,
    scopes: Sequence[str],
    installed: Installed,
    states: States,
    client: AsyncWebClient,
) -> AsyncOAuthFlow:
    """Return Bolt's own way of installing an app, with our stores."""
    settings = AsyncOAuthSettings(
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
        scopes=list(scopes),
        installation_store=installed,
        installation_store_bot_only=True,
        state_store=states,
        state_expiration_seconds=_STATE_SECONDS,
        logger=getLogger("opstream.bolt"),
    )
    return AsyncOAuthFlow(client=client, logger=getLogger("opstream.bolt"), settings=settings)


async def tell_apart(req: AsyncBoltRequest, context: AsyncBoltContext, next: Next) -> BoltResponse:
    """Give ids their workspace where a delivery does not come from home; a Bolt middleware."""
    workspace = context.get("workspace")
    if isinstance(workspace, str):
        names.qualify(req.body, workspace)
        asking.set(workspace)
    return await next()


def watch_leaving(bolt: AsyncApp, installed: Installed) -> None:
    """Forget the tokens of whoever uninstalls the app; to be registered before any catch-all."""

    async def left(ack: AsyncAck, context: AsyncBoltContext) -> None:
        await ack()
        await installed.async_delete_all(
            enterprise_id=context.enterprise_id, team_id=context.team_id
        )

    bolt.event("app_uninstalled")(left)
    bolt.event("tokens_revoked")(left)
