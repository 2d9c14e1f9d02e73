"""The connection to Slack: the client, the Bolt app, the sockets; opened with care and closed in order."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers import register as contents
from handlers.channels import Channels
from handlers.edge import Edge
from handlers.failures import Listening
from handlers.outbound import SlackMessenger
from handlers.pacing import Pacing, Sleep
from handlers.patience import patiently
from handlers.people import People
from handlers.troubles import NETWORK, Kind, understand
from opstream.errors import OpStreamError
from opstream.ports import Clock, PostingStore
from opstream.services import Services

SLACK = "https://slack.com/api/"
_ANSWER_SECONDS = 30
_PING_SECONDS = 3  # a cut connection is noticed and replaced within this time
_PATIENCE = timedelta(seconds=5)


class Identity:
    """Who we are in the workspace; asked for once, so that no acknowledgement waits for it."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: AuthorizeResult | None = None

    async def tell(self) -> AuthorizeResult:
        """Return who we are, as Bolt wants it for every request."""
        if self._known is None:
            found = await self._client.auth_test()
            self._known = AuthorizeResult(
                enterprise_id=found.get("enterprise_id"),
                team_id=found.get("team_id"),
                bot_user_id=found.get("user_id"),
                bot_id=found.get("bot_id"),
                bot_token=self._client.token,
            )
        return self._known


@dataclass(slots=True)
class SlackApp:
    """A Bolt app and its client; `listening` is there once its listeners are registered."""

    bolt: AsyncApp
    client: AsyncWebClient
    identity: Identity
    listening: Listening | None = None


def build_app(token: str, base_url: str | None = None) -> SlackApp:
    """Return an app without listeners. Call it where an event loop runs; end it by `close`.

    Its client keeps its connections, and never repeats a call on its own: a post that is repeated
    blindly is posted twice.
    """
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS))
    url = (base_url or SLACK).rstrip("/") + "/"
    client = AsyncWebClient(
        token=token, base_url=url, session=session, timeout=_ANSWER_SECONDS, retry_handlers=[]
    )
    identity = Identity(client)

    async def authorize() -> AuthorizeResult:
        return await identity.tell()

    # Bolt asks who it is before the first acknowledgement unless it is told; and it warns of each
    # token that it then leaves aside, in the environment too.
    bolt = AsyncApp(
        client=AsyncWebClient(base_url=url), authorize=authorize, logger=_logger_for_bolt()
    )
    return SlackApp(bolt, client, identity)


def _logger_for_bolt() -> logging.Logger:
    logger = logging.getLogger("opstream.bolt")
    logger.setLevel(logging.ERROR)
    return logger


async def close(app: SlackApp) -> None:
    """Close the client's connections; nothing can be sent afterwards."""
    if app.client.session is not None:
        await app.client.session.close()


async def check_tokens(app: SlackApp, app_token: str, sleep: Sleep = asyncio.sleep) -> str:
    """Return our bot's user id, or say in one line which token is wrong.

    Args:
        app: What `build_app` returned.
        app_token: The token that opens sockets.
        sleep: How to wait when Slack says so, or does not answer.

    Raises:
        OpStreamError: a token does not work, or Slack cannot be reached.
    """
    try:
        found = await patiently(app.identity.tell, sleep)
    except (SlackApiError, SlackClientError, *NETWORK) as error:
        raise _unusable("SLACK_BOT_TOKEN", "xoxb-", app, error) from error
    try:
        await patiently(partial(app.client.apps_connections_open, app_token=app_token), sleep)
    except (SlackApiError, SlackClientError, *NETWORK) as error:
        raise _unusable("SLACK_APP_TOKEN", "xapp-", app, error) from error
    return found.bot_user_id or ""


def _unusable(variable: str, prefix: str, app: SlackApp, error: Exception) -> OpStreamError:
    if isinstance(error, SlackApiError):
        trouble = understand(error)
        if trouble.kind is Kind.WAIT:
            return OpStreamError(
                "Slack limits how often we may connect, and asks us to wait for another "
                f"{trouble.wait_seconds:.0f} s. The tokens may well be right: start again then."
            )
        if trouble.kind is Kind.TRY_AGAIN:
            return OpStreamError(
                f"Slack has a bad moment (`{trouble.code}`) and does not let us in. "
                "Please start again in a few minutes."
            )
        return OpStreamError(
            f"{variable} does not work: Slack says `{trouble.code}`. It begins with "
            f"`{prefix}`; take it from your app's pages on api.slack.com/apps."
        )
    return OpStreamError(
        f"Slack cannot be reached at {app.client.base_url} ({type(error).__name__}). "
        "Check the network, and SLACK_API_URL if it is set."
    )


def messenger(
    app: SlackApp,
    postings: PostingStore,
    clock: Clock,
    default_channel: str = "",
    pacing: Pacing | None = None,
) -> SlackMessenger:
    """Return the messenger that talks through this app's client."""
    return SlackMessenger(app.client, postings, clock, default_channel, pacing)


def register(app: SlackApp, services: Services, messenger: SlackMessenger) -> None:
    """Attach every listener; answers go through the messenger's door, so that all keep one pace."""
    clock = messenger.clock
    people = People(app.client, services.people, clock)
    edge = Edge(
        services,
        people,
        app.client,
        messenger.outbox,
        clock,
        Channels(app.client, clock),
        messenger.default_channel,
    )
    app.listening = contents.register(app.bolt, edge)


@dataclass(frozen=True, slots=True)
class Connection:
    """Open sockets to Slack."""

    sockets: Sequence[AsyncSocketModeHandler]
    listening: Listening | None

    async def close(self, deadline: timedelta = _PATIENCE) -> None:
        """Take no more deliveries, and let the listeners at work finish for a while."""
        for one in self.sockets:
            await one.disconnect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
        if self.listening is not None:
            await self.listening.drain(deadline)
        for one in self.sockets:
            await one.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here


async def connect(app: SlackApp, app_token: str, connections: int = 2) -> Connection:
    """Open sockets; Slack gives each delivery to one of them, and renews one at a time."""
    await app.identity.tell()
    sockets = [
        AsyncSocketModeHandler(
            app.bolt, app_token, web_client=app.client, ping_interval=_PING_SECONDS
        )
        for _ in range(connections)
    ]
    for one in sockets:
        await one.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
    return Connection(sockets, app.listening)
