"""The connection to Slack: the client, the Bolt app, the sockets; opened with care and closed in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers import register as contents
from handlers.edge import Edge
from handlers.failures import Listening
from handlers.outbound import SlackMessenger
from handlers.pacing import Pacing
from handlers.people import People
from handlers.troubles import NETWORK, understand
from opstream.errors import OpStreamError
from opstream.ports import Clock, PostingStore
from opstream.services import Services

SLACK = "https://slack.com/api/"
_ANSWER_SECONDS = 30
_PATIENCE = timedelta(seconds=5)


@dataclass(slots=True)
class SlackApp:
    """A Bolt app and its client; `listening` is there once its listeners are registered."""

    bolt: AsyncApp
    client: AsyncWebClient
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
    return SlackApp(AsyncApp(client=client), client)


async def close(app: SlackApp) -> None:
    """Close the client's connections; nothing can be sent afterwards."""
    if app.client.session is not None:
        await app.client.session.close()


async def check_tokens(app: SlackApp, app_token: str) -> str:
    """Return our bot's user id, or say in one line which token is wrong.

    Raises:
        OpStreamError: a token does not work, or Slack cannot be reached.
    """
    try:
        found = await app.client.auth_test()
    except (SlackApiError, *NETWORK) as error:
        raise _unusable("SLACK_BOT_TOKEN", "xoxb-", app, error) from error
    try:
        await app.client.apps_connections_open(app_token=app_token)
    except (SlackApiError, *NETWORK) as error:
        raise _unusable("SLACK_APP_TOKEN", "xapp-", app, error) from error
    return str(found["user_id"])


def _unusable(variable: str, prefix: str, app: SlackApp, error: Exception) -> OpStreamError:
    if isinstance(error, SlackApiError):
        return OpStreamError(
            f"{variable} does not work: Slack says `{understand(error).code}`. It begins with "
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
    edge = Edge(services, people, app.client, messenger.outbox, clock)
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
    sockets = [AsyncSocketModeHandler(app.bolt, app_token) for _ in range(connections)]
    for one in sockets:
        await one.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
    return Connection(sockets, app.listening)
