"""Starts processes: the bot, a worker beside it, or the playground where there are no Slack tokens.

`python app.py` is what `make run` runs; with words after it, it is the terminal of `opstream.cli`. It is the
only file that sees every room, and it loads a room only when it is entered.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from config import settings as configuration
from config.faults import SettingsError
from config.settings import PROJECT, Settings
from handlers import slack_app
from handlers.addresses import Addresses
from handlers.commands.table import completions
from handlers.outbound import SlackMessenger
from handlers.pacing import Pacing
from handlers.workspaces import many
from opstream import bootstrap
from opstream.cli import main as terminal
from opstream.cli.house import House
from opstream.errors import OpStreamError
from opstream.face import opening
from opstream.playground.slack.settings import PlaygroundError
from opstream.ports import Vitals

if TYPE_CHECKING:  # only some installs serve HTTP
    from starlette.applications import Starlette
    from starlette.routing import Route

_PARTING = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The Slack workspace to serve; `address` is the page of the playground, None for a real one."""

    bot_token: str | None
    app_token: str | None
    api_url: str | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot at work, and its routes where Slack delivers over HTTP or workspaces install the app."""

    install: bootstrap.Install
    connection: slack_app.Connection
    addresses: Addresses
    routes: Sequence["Route"] = ()


def main(arguments: Sequence[str] = ()) -> int:
    """Do what the words say, or run until a signal comes; return the exit code."""
    house = House(
        start=lambda: _run(serve),
        work=lambda: _run(work),
        migrate=lambda: _run(migrate),
        move=lambda url: _run(lambda settings: move(settings.data_dir, url)),
        desk=opening.desk,
    )
    try:
        return terminal.main(arguments, house)
    except SettingsError as error:  # of a question
        _say(str(error), 2)
        return 2


async def serve(settings: Settings) -> None:
    """Serve the workspace until SIGTERM or SIGINT; a second signal leaves at once."""
    stop = _stop_signal()
    async with AsyncExitStack() as stack:
        stores = await bootstrap.open_stores(settings, works=settings.workers.beside_slack)
        stack.push_async_callback(stores.close)
        workspace = await stack.enter_async_context(_workspace(settings))
        bot = await stack.enter_async_context(_bot(settings, stores, workspace))
        wired = bot.install, bot.install.vitals, bot.routes, bot.addresses.for_strangers
        await stack.enter_async_context(_http(settings, partial(_site, settings, stores, *wired)))
        bootstrap.spare_the_loop()
        _greet(workspace)
        await stop.wait()


async def work(settings: Settings) -> None:
    """Advance runs beside other processes, without Slack, until SIGTERM or SIGINT; as `serve`."""
    settings = settings.for_worker()
    stop = _stop_signal()
    async with AsyncExitStack() as stack:
        stores = await bootstrap.open_stores(settings)
        stack.push_async_callback(stores.close)
        messenger = stores.announcer()
        install = await bootstrap.install(settings, stores, messenger, configuration.variables())
        stack.push_async_callback(install.stop, settings.workers.stop_grace)
        await install.start()
        built = partial(_site, settings, stores, install, install.vitals)
        await stack.enter_async_context(_http(settings, built))
        bootstrap.spare_the_loop()
        _say("OpStream works. What it does is shown by the process that serves Slack.")
        await stop.wait()


async def migrate(settings: Settings) -> None:
    """Bring the database to this version's schema."""
    stores = await bootstrap.open_stores(settings)
    await stores.close()
    _say("The database is up to date.")


async def move(folder: Path, url: str) -> None:
    """Move a SQLite install to a PostgreSQL database that is empty."""

    def tell(table: str, done: int, total: int) -> None:
        if done == total:
            _say(f"{table}: {total}")

    await bootstrap.move(folder, url, tell)
    _say("All of it has arrived. Set OPSTREAM_DATABASE_URL to that address, then start OpStream.")


def _run(doing: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    try:
        settings = configuration.load()
        bootstrap.set_up_logs(settings)
        asyncio.run(doing(settings))
    except (SettingsError, OpStreamError, PlaygroundError) as error:
        _say(str(error), 2)
        sys.exit(2)


@asynccontextmanager
async def _workspace(settings: Settings) -> AsyncIterator[Workspace]:
    slack = settings.slack
    if slack.connected:
        sockets = slack.app_token if slack.delivery == "socket" else None
        address = str(slack.api_url) if slack.api_url else None
        yield Workspace(_revealed(slack.bot_token), _revealed(sockets), address)
        return
    from opstream.playground.slack.server import Completion, Playground, PlaygroundSettings

    playground = Playground(
        PlaygroundSettings(
            state_dir=settings.data_dir / "playground",
            port=settings.playground.port,
            manifest=PROJECT / "manifest.json",
            completions=tuple(
                Completion(one.text, one.usage, one.description) for one in completions()
            ),
        )
    )
    await playground.start()
    try:
        own = playground.settings
        yield Workspace(own.bot_token, own.app_token, playground.api_url, playground.address)
    finally:
        await playground.stop()


@asynccontextmanager
async def _bot(
    settings: Settings, stores: bootstrap.Stores, workspace: Workspace
) -> AsyncIterator[Bot]:
    """The bot in its workspaces: the Slack edge, with the services behind it."""
    async with AsyncExitStack() as stack:
        app = _slack_app(settings, stores, workspace)
        stack.push_async_callback(slack_app.close, app)
        if workspace.bot_token is not None:
            await slack_app.check_tokens(app, workspace.app_token)
        door = _messenger(settings, stores, app, None)()
        messenger = stores.messenger(_messenger(settings, stores, app, door.outbox.pacing))
        stack.push_async_callback(messenger.stop, _PARTING)
        install = await bootstrap.install(settings, stores, messenger, configuration.variables())
        public_url = settings.http.public_url or ""
        addresses = slack_app.register(app, install.services, door, public_url)
        stack.push_async_callback(install.stop, settings.workers.stop_grace)
        sockets = settings.slack.connections if workspace.app_token else 0
        connection = await slack_app.connect(app, workspace.app_token or "", sockets)
        stack.push_async_callback(connection.close)
        install.hear(connection.vitals)
        await install.start()
        await messenger.start(install.services.runs.view)
        yield Bot(install, connection, addresses, _routes(settings, stores, app, install))


def _slack_app(
    settings: Settings, stores: bootstrap.Stores, workspace: Workspace
) -> slack_app.SlackApp:
    client = _credentials(settings)
    return slack_app.build_app(
        workspace.bot_token,
        workspace.api_url,
        installed=partial(many.installed, client, bootstrap.vault(settings, stores))
        if client
        else None,
        signing_secret=_revealed(settings.slack.signing_secret),
    )


def _routes(
    settings: Settings,
    stores: bootstrap.Stores,
    app: slack_app.SlackApp,
    install: bootstrap.Install,
) -> "Sequence[Route]":
    """The routes for Slack: for its deliveries, and for installing the app."""
    credentials, delivers = _credentials(settings), settings.slack.delivery == "http"
    if credentials is None and not delivers:
        return ()
    from handlers.workspaces import http

    flow = None
    if credentials is not None and app.installed is not None:
        states = many.States(credentials.client_secret, install.services.deliveries, stores.clock)
        scopes = json.loads((PROJECT / "manifest.json").read_text())["oauth_config"]["scopes"]
        flow = many.installing(credentials, scopes["bot"], app.installed, states, app.client)
    return http.routes(app.bolt if delivers else None, flow)


def _credentials(settings: Settings) -> many.Credentials | None:
    id, secret = settings.slack.client_id, _revealed(settings.slack.client_secret)
    return many.Credentials(id, secret) if id and secret else None


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def _messenger(
    settings: Settings, stores: bootstrap.Stores, app: slack_app.SlackApp, pacing: Pacing | None
) -> Callable[[], SlackMessenger]:
    channel = settings.slack.default_channel or ""
    return partial(slack_app.messenger, app, stores.postings, stores.clock, channel, pacing)


@asynccontextmanager
async def _http(settings: Settings, build: "Callable[[], Starlette]") -> AsyncIterator[None]:
    """The door for health checks, webhooks and Slack, where there is a port for it."""
    if settings.http.port is None:
        yield
        return
    from opstream.api import serving

    async with serving.serving(build(), settings.http.host, settings.http.port):
        yield


def _site(
    settings: Settings,
    stores: bootstrap.Stores,
    install: bootstrap.Install,
    vitals: Callable[[], Awaitable[Vitals]],
    more: "Sequence[Route]" = (),
    thread_of: Callable[[str], Awaitable[str]] | None = None,
) -> "Starlette":
    from opstream.api import oauth, programs, site

    own = programs.routes(install.services, _revealed(settings.http.token), settings.http.role)
    more = (*more, *own, *oauth.routes(install.services.linking))
    return site.build(vitals, stores.clock, install.services.hooks, more, thread_of)


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()

    def ask() -> None:
        if stop.is_set():
            os._exit(130)  # the second signal: what is durable stays, the rest is taken up again
        stop.set()

    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, ask)
    return stop


def _greet(workspace: Workspace) -> None:
    if workspace.address is None:
        _say("OpStream is connected to Slack. Write `/opstream help` in a channel it is in.")
    else:
        _say(f"OpStream is ready. Open {workspace.address} in a browser; stop it with Ctrl+C.")


def _say(sentence: str, stream: int = 1) -> None:
    os.write(stream, (sentence + "\n").encode())  # at once, whoever reads


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
