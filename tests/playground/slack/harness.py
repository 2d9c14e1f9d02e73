"""A running playground, a browser tab without a browser, and a real Bolt app, for the tests of this folder."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from opstream.playground.slack.server import Playground, PlaygroundSettings

ANA, BO, CLEO, DAN = "U0ANA00001", "U0BO000001", "U0CLEO0001", "U0DAN00001"
APP = "U0OPSTREAM"
OPS, RANDOM = "C0OPS00001", "C0RANDOM01"
DM_ANA = "D0ANA00001"
MANIFEST = Path(__file__).parents[3] / "manifest.json"
PATIENCE_SECONDS = 5.0

Frame = dict[str, Any]


class Clock:
    """Time that passes only when a test says so."""

    def __init__(self, now: float = 1_760_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        self.now += seconds


def manifest_with(directory: Path, *, scopes: tuple[str, ...] = (), **changes: Any) -> Path:
    """Write the app's manifest with more scopes and other features, and return its path."""
    data = json.loads(MANIFEST.read_text())
    data["oauth_config"]["scopes"]["bot"] += scopes
    data["settings"]["event_subscriptions"]["bot_events"] += changes.pop("events", [])
    data["features"] |= changes
    path = directory / "manifest.json"
    path.write_text(json.dumps(data))
    return path


@asynccontextmanager
async def running(state: Path, **settings: Any) -> AsyncIterator[Playground]:
    """A playground on a free port."""
    playground = Playground(PlaygroundSettings(state_dir=state, port=0, **settings))
    await playground.start()
    try:
        yield playground
    finally:
        await playground.stop()


def client(playground: Playground, token: str = "xoxb-playground") -> AsyncWebClient:
    """Slack's own client, pointed at the playground."""
    return AsyncWebClient(token=token, base_url=playground.api_url)


class Page:
    """What a browser tab does, and what it has been told."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ref = 0
        self.frames: list[Frame] = []
        self.snapshot: Frame = {}
        self._news = asyncio.Condition()

    async def listen(self) -> None:
        async for message in self._socket:
            frame = json.loads(message.data)
            async with self._news:
                self.frames.append(frame)
                self._news.notify_all()

    async def wait_for(
        self, kind: str, which: Callable[[Frame], bool] = lambda frame: True
    ) -> Frame:
        """Return the first frame of a kind that fits, as soon as it is there; it is used up."""
        found: list[Frame] = []

        def there() -> bool:
            found[:] = [one for one in self.frames if one["type"] == kind and which(one)]
            return bool(found)

        async with self._news, asyncio.timeout(PATIENCE_SECONDS):
            await self._news.wait_for(there)
        self.frames.remove(found[0])
        return found[0]

    async def wish(self, kind: str, **fields: Any) -> Frame:
        """Send a wish and return the reply to it."""
        self._ref += 1
        ref = self._ref
        await self._socket.send_json({"type": kind, "ref": ref, **fields})
        return await self.wait_for("reply", lambda frame: frame["ref"] == ref)


@asynccontextmanager
async def page(playground: Playground, person: str = ANA) -> AsyncIterator[Page]:
    """A tab of one person, with its snapshot."""
    url = f"{playground.address}/page-api/socket?person={person}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        tab = Page(socket)
        listening = asyncio.create_task(tab.listen())
        tab.snapshot = await tab.wait_for("snapshot")
        try:
            yield tab
        finally:
            listening.cancel()


def bolt(playground: Playground) -> AsyncApp:
    """A Bolt app that talks to the playground."""
    return AsyncApp(client=client(playground))


@asynccontextmanager
async def connected(app: AsyncApp, playground: Playground, times: int = 1) -> AsyncIterator[None]:
    """Run a Bolt app over real Socket Mode connections."""
    before = playground.connections
    handlers = [AsyncSocketModeHandler(app, "xapp-playground") for _ in range(times)]
    for handler in handlers:
        await handler.connect_async()
    await until(lambda: playground.connections == before + times)
    try:
        yield
    finally:
        for handler in handlers:
            await handler.close_async()


async def until(condition: Callable[[], bool]) -> None:
    """Return as soon as a condition holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  what it waits for sends no signal
            await asyncio.sleep(0.001)


def plain(text: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def approval(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """Blocks with a button to approve, and more beside it."""
    button = {"type": "button", "action_id": "approve", "value": "7", "text": plain("Approve")}
    return [{"type": "actions", "block_id": "decide", "elements": [button, *more]}]


async def refusal(call: Awaitable[Any]) -> dict[str, Any]:
    """The body of an answer that says no."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return dict(refused.value.response.data)


async def error(call: Awaitable[Any]) -> str:
    """The `error` of an answer that says no."""
    return str((await refusal(call))["error"])
