"""The connection to Slack: the client, the Bolt app, the sockets; opened with care and closed in order."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers import register as contents
from handlers.addresses import Addresses
from handlers.channels import Channels
from handlers.edge import Edge
from handlers.events import home
from handlers.failures import Listening
from handlers.homes import Homes
from handlers.notices import SlackCourier
from handlers.outbound import SlackMessenger
from handlers.pacing import Pacing, Sleep
from handlers.patience import patiently
from handlers.payloads import Asker
from handlers.people import People
from handlers.sockets import Socket
from handlers.streaming import Streams
from handlers.troubles import NETWORK, Kind, understand
from handlers.workspaces.client import ManyWorkspacesClient
from handlers.workspaces.identity import Identity
from handlers.workspaces.installed import Installed
from handlers.workspaces.many import tell_apart, watch_leaving
from opstream.domain.run import RunView
from opstream.errors import OpStreamError
from opstream.ports import ChatVitals, Clock, PostingStore
from opstream.services import Services

SLACK = "https://slack.com/api/"
_ANSWER_SECONDS = 30
_PING_SECONDS = 3  # a cut connection is noticed and replaced within this time
_PATIENCE = timedelta(seconds=5)
MakeInstalled = Callable[[AsyncWebClient], Installed]


@dataclass(slots=True)
class SlackApp:
    """A Bolt app and its client; `listening` is there once its listeners are registered.

    Attributes:
        watching: Who hears of each run's newest state, whichever messenger of the app shows it.
    """

    bolt: AsyncApp
    client: AsyncWebClient
    identity: Identity
    installed: Installed | None = None
    listening: Listening | None = None
    watching: list[Callable[[RunView], None]] = field(default_factory=list)


def build_app(
    token: str | None,
    base_url: str | None = None,
    *,
    installed: MakeInstalled | None = None,
    signing_secret: str | None = None,
) -> SlackApp:
    """Return an app without listeners. Call it where an event loop runs; end it by `close`.

    Its client keeps its connections, and never repeats a call on its own: a post that is repeated
    blindly is posted twice.

    Args:
        token: Of the bot in the workspace at home; None where all workspaces installed the app.
        base_url: Of the Web API, where it is not Slack's own.
        installed: Makes what knows the workspaces that installed the app; it is given the client.
        signing_secret: Proves deliveries over HTTP; Socket Mode needs none.
    """
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS))
    url = (base_url or SLACK).rstrip("/") + "/"
    client = ManyWorkspacesClient(
        token=token, base_url=url, session=session, timeout=_ANSWER_SECONDS, retry_handlers=[]
    )
    others = installed(client) if installed else None
    if others is not None:
        client.token_of = others.token
    identity = Identity(client, others)

    async def authorize(
        enterprise_id: str | None, team_id: str | None, context: AsyncBoltContext
    ) -> AuthorizeResult | None:
        return await identity.among(enterprise_id, team_id, context)

    # Bolt asks who it is before the first acknowledgement unless it is told; and it warns of each
    # token that it then leaves aside, in the environment too.
    bolt = AsyncApp(
        client=AsyncWebClient(base_url=url),
        authorize=authorize,  # type: ignore[arg-type]  # None is what Bolt wants for "unknown"
        logger=_logger_for_bolt(),
        signing_secret=signing_secret,
    )
    if others is not None:
        bolt.middleware(tell_apart)
    return SlackApp(bolt, client, identity, others)


def _logger_for_bolt() -> logging.Logger:
    logger = logging.getLogger("opstream.bolt")
    logger.setLevel(logging.ERROR)
    return logger


async def close(app: SlackApp) -> None:
    """Close the client's connections; nothing can be sent afterwards."""
    if app.client.session is not None:
        await app.client.session.close()


async def check_tokens(app: SlackApp, app_token: str | None, sleep: Sleep = asyncio.sleep) -> str:
    """Return our bot's user id, or say in one line which token is wrong.

    Args:
        app: What `build_app` returned.
        app_token: The token that opens sockets; None where Slack delivers over HTTP.
        sleep: How to wait when Slack says so, or does not answer.

    Raises:
        OpStreamError: a token does not work, or Slack cannot be reached.
    """
    try:
        found = await patiently(app.identity.tell, sleep)
    except (SlackApiError, SlackClientError, *NETWORK) as error:
        raise _unusable("SLACK_BOT_TOKEN", "xoxb-", app, error) from error
    if app_token is None:
        return found.bot_user_id or ""
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
    team = app.identity.team
    return SlackMessenger(
        app.client, postings, clock, default_channel, pacing, app.watching, team=team
    )


def register(
    app: SlackApp, services: Services, messenger: SlackMessenger, public_url: str = ""
) -> Addresses:
    """Attach every listener; answers go through the messenger's door, so that all keep one pace.

    Return where runs are found; `public_url` is where our pages are, '' when there are none.
    """
    clock = messenger.clock
    addresses = Addresses(app.client, messenger.callers.store, clock, public_url)
    people = People(app.client, services.people, clock, services.approvals.groups)
    edge = Edge(
        services,
        people,
        app.client,
        messenger.outbox,
        clock,
        Channels(app.client, clock),
        messenger.callers,
        Homes(
            partial(home.build, services, people, clock),
            partial(home.publish, app.client, messenger.outbox.pictures),
            clock,
        ),
        Streams(app.client, messenger.outbox, clock, app.identity.team),
        app.identity,
        addresses,
        messenger.default_channel,
    )
    services.people.bind(lambda id: people.find(Asker(id)))
    messenger.also(edge.homes.heard)
    if app.installed is not None:
        watch_leaving(app.bolt, app.installed)
    services.notifications.dispatcher.bind(
        SlackCourier(
            app.client,
            messenger.outbox,
            messenger.callers.store,
            edge.require_seen,
            people.groups.id_of,
        )
    )
    app.listening = contents.register(app.bolt, edge)
    return addresses


@dataclass(frozen=True, slots=True)
class Connection:
    """Open sockets to Slack."""

    sockets: Sequence[Socket]
    listening: Listening | None

    async def vitals(self) -> ChatVitals:
        """Return how the connection is doing."""
        connected = [await one.client.is_connected() for one in self.sockets]
        heard_at = self.listening.heard_at if self.listening else None
        at_work = self.listening.at_work if self.listening else 0
        return ChatVitals(len(connected), sum(connected), heard_at, at_work)

    async def close(self, deadline: timedelta = _PATIENCE) -> None:
        """Take no more deliveries, and let the listeners at work finish for a while."""
        for one in self.sockets:
            await one.disconnect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
        if self.listening is not None:
            await self.listening.drain(deadline)
        for one in self.sockets:
            await one.close_async()  # type: ignore[no-untyped-call]  # Bolt has no types here


async def connect(
    app: SlackApp, app_token: str, connections: int = 2, ping_seconds: float = _PING_SECONDS
) -> Connection:
    """Open sockets; Slack gives each delivery to one of them, and renews one at a time."""
    if app.client.token:
        await app.identity.tell()
    sockets = [
        Socket(app.bolt, app_token, web_client=app.client, ping_interval=ping_seconds)
        for _ in range(connections)
    ]
    for one in sockets:
        await one.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no types here
    return Connection(sockets, app.listening)
