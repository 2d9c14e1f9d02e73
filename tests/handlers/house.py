"""The bot behind HTTP, with two workspaces that it may be installed in, and a browser to reach it with."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
from slack_sdk.signature import SignatureVerifier

from config.settings import Settings
from handlers import slack_app
from handlers.pacing import Pacing, Rate, Rates
from handlers.workspaces import http, many
from opstream import bootstrap
from opstream.adapters.vault import Vault
from opstream.api import serving, site
from opstream.ports import Operations
from tests.handlers import avenue as avenues
from tests.handlers.avenue import Avenue

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
OPS = "C0OPS00001"
FORM = "application/x-www-form-urlencoded"
APP = many.Credentials("1.2", "client-secret")


@dataclass
class House:
    """The bot behind HTTP, and a browser to reach it with."""

    avenue: Avenue
    app: slack_app.SlackApp
    install: bootstrap.Install
    vault: Vault
    url: str
    browser: aiohttp.ClientSession

    async def deliver(
        self, body: str, kind: str = "application/json", *, secret: str = SECRET, age: int = 0
    ) -> aiohttp.ClientResponse:
        stamp = str(int(time.time()) - age)
        sign = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
        headers = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign or "",
        }
        return await self.send(body, headers)

    async def send(self, body: Any, headers: dict[str, str]) -> aiohttp.ClientResponse:
        address = self.url + "/slack/events"
        async with self.browser.post(address, data=body, headers=headers) as answer:
            await answer.read()
            return answer

    async def command(self, text: str, team: str, **more: Any) -> aiohttp.ClientResponse:
        said = {
            "command": "/opstream",
            "text": text,
            "team_id": team,
            "user_id": "U0ANA00001",
            "user_name": "ana",
            "channel_id": OPS,
            "trigger_id": f"{team}.{text}",
        }
        return await self.deliver(urlencode(said), FORM, **more)

    async def texts(self, token: str) -> str:
        """Return all that the bot said in a workspace's #ops."""
        visitor = slack_app.build_app(token, self.avenue.url)
        try:
            history = await visitor.client.conversations_history(channel=OPS)
        finally:
            await slack_app.close(visitor)
        return json.dumps(history["messages"])

    async def until(self, done: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(10):
            while not await done():  # noqa: ASYNC110 - a condition, not an event
                await asyncio.sleep(0.02)


@asynccontextmanager
async def opened(tmp_path: Path, settings: Settings, tools: Operations) -> AsyncIterator[House]:
    """Open the house, with two workspaces in reach."""
    async with AsyncExitStack() as stack:
        avenue = await stack.enter_async_context(avenues.opened(tmp_path))
        stores = await bootstrap.open_stores(settings)
        stack.push_async_callback(stores.close)
        vault = bootstrap.vault(settings, stores)
        app = slack_app.build_app(
            "xoxb-home",
            avenue.url,
            installed=partial(many.installed, APP, vault),
            signing_secret=SECRET,
        )
        stack.push_async_callback(slack_app.close, app)
        await slack_app.check_tokens(app, None)
        quick = Rate(1_000, 1_000)
        pacing = Pacing(stores.clock, Rates(quick, quick, quick, quick))
        messenger = slack_app.messenger(app, stores.postings, stores.clock, "", pacing)
        stack.push_async_callback(messenger.drain, timedelta(seconds=5))
        install = await bootstrap.install(
            settings, stores, messenger, {}, instead=bootstrap.Instead(tools)
        )
        slack_app.register(app, install.services, messenger)
        stack.push_async_callback(install.stop, timedelta())
        await install.start()
        assert app.installed is not None
        states = many.States(APP.client_secret, install.services.deliveries, stores.clock)
        flow = many.installing(APP, ["chat:write"], app.installed, states, app.client)
        routes = http.routes(app.bolt, flow)
        built = site.build(install.vitals, stores.clock, None, routes)
        url = await stack.enter_async_context(serving.serving(built, "127.0.0.1", 0))
        jar = aiohttp.DummyCookieJar()
        browser = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        yield House(avenue, app, install, vault, url, browser)


async def install(house: House, code: str = "code-1") -> aiohttp.ClientResponse:
    """Walk through an installation as a browser does."""
    async with house.browser.get(house.url + "/slack/install") as page:
        text = await page.text()
    link = text[text.index("https://slack.com/oauth/v2/authorize") :].split('"')[0]
    (state,) = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["state"]
    cookie = page.headers["Set-Cookie"].split(";")[0]
    back = f"{house.url}/slack/oauth_redirect?code={code}&state={state}"
    async with house.browser.get(back, headers={"Cookie": cookie}) as answer:
        await answer.read()
        return answer
