"""Starts the bot: settings, stores, services, edges. Without Slack tokens: beside the playground.

`python app.py` is what `make run` runs; `python app.py check FILE…` checks workflow files. It is the
only file that sees every room, and it loads a room only when it is entered.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from config import settings as configuration
from config.faults import SettingsError
from config.settings import PROJECT, Settings
from handlers import slack_app
from handlers.commands.table import completions
from opstream import bootstrap, cli
from opstream.errors import OpStreamError
from opstream.playground.slack.settings import PlaygroundError

_PARTING = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The Slack workspace to serve; `address` is the page of the playground, None for a real one."""

    bot_token: str
    app_token: str
    api_url: str | None
    address: str | None = None


def main(arguments: Sequence[str] = ()) -> int:
    """Run until a signal comes, or check files; return the exit code."""
    if arguments:
        return _check(arguments)
    try:
        settings = configuration.load()
        bootstrap.set_up_logs(settings)
        asyncio.run(serve(settings))
    except (SettingsError, OpStreamError, PlaygroundError) as error:
        _say(str(error), 2)
        return 2
    return 0


async def serve(settings: Settings) -> None:
    """Serve the workspace until SIGTERM or SIGINT; a second signal leaves at once."""
    stop = _stop_signal()
    async with AsyncExitStack() as stack:
        stores = await bootstrap.open_stores(settings)
        stack.push_async_callback(stores.close)
        workspace = await stack.enter_async_context(_workspace(settings))
        await stack.enter_async_context(_bot(settings, stores, workspace))
        bootstrap.spare_the_loop()
        _greet(workspace)
        await stop.wait()


@asynccontextmanager
async def _workspace(settings: Settings) -> AsyncIterator[Workspace]:
    slack = settings.slack
    if slack.bot_token is not None and slack.app_token is not None:
        tokens = slack.bot_token.get_secret_value(), slack.app_token.get_secret_value()
        yield Workspace(*tokens, str(slack.api_url) if slack.api_url else None)
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
) -> AsyncIterator[None]:
    """The bot in a workspace: the Slack edge, with the services behind it."""
    async with AsyncExitStack() as stack:
        app = slack_app.build_app(workspace.bot_token, workspace.api_url)
        stack.push_async_callback(slack_app.close, app)
        await slack_app.check_tokens(app, workspace.app_token)
        messenger = slack_app.messenger(
            app, stores.postings, stores.clock, settings.slack.default_channel or ""
        )
        stack.push_async_callback(messenger.drain, _PARTING)
        install = await bootstrap.install(settings, stores, messenger, configuration.variables())
        slack_app.register(app, install.services, messenger)
        stack.push_async_callback(install.stop, _PARTING)
        connection = await slack_app.connect(app, workspace.app_token, settings.slack.connections)
        stack.push_async_callback(connection.close)
        await install.start()
        await messenger.catch_up(install.services.runs.view)
        yield


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


def _check(arguments: Sequence[str]) -> int:
    if arguments[0] != "check" or len(arguments) < 2:
        _say(
            "Write `python app.py` to start, or `python app.py check FILE…` to check workflows.", 2
        )
        return 2
    lines, well = cli.check(arguments[1:])
    for line in lines:
        _say(line)
    return 0 if well else 1


def _say(sentence: str, stream: int = 1) -> None:
    os.write(stream, (sentence + "\n").encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
