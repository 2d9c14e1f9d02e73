"""Two workspaces behind one Web API, told apart by the token, as Slack does it: both have the same ids."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from opstream.playground.slack.server import Playground, PlaygroundSettings

HOME, OTHER = "T0PLAYGRND", "T0OTHER001"


@dataclass
class Avenue:
    """The workspaces by token, and what Slack's OAuth gives for a code or a token of renewal."""

    home: Playground
    other: Playground
    url: str = ""
    by_token: dict[str, Playground] = field(default_factory=dict)
    grants: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def grant(self, key: str, token: str, **more: Any) -> None:
        """Let a code or a token of renewal give a token for the other workspace, once."""
        self.by_token[token] = self.other
        self.grants[key] = {
            "ok": True,
            "app_id": "A1",
            "access_token": token,
            "token_type": "bot",
            "scope": "chat:write,commands",
            "bot_user_id": "U0OPSTREAM",
            "team": {"id": OTHER, "name": "Other"},
            "authed_user": {"id": "U0CLEO0001"},
            **more,
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], await request.read()
        if method == "oauth.v2.access":
            asked = {key: str(value) for key, value in (await request.post()).items()}
            self.asked.append(asked)
            key = asked.get("code") or asked.get("refresh_token") or ""
            return web.json_response(self.grants.pop(key, {"ok": False, "error": "invalid_code"}))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        place = self.by_token.get(token)
        if place is None:
            return web.json_response({"ok": False, "error": "invalid_auth"})
        # Each workspace knows its bot by a token of its own.
        headers = {"Content-Type": request.headers["Content-Type"]} if body else {}
        headers["Authorization"] = f"Bearer {place.settings.bot_token}"
        url = f"{place.api_url.rstrip('/')}/{method}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method, url, data=body, params=request.query, headers=headers
            ) as answer,
        ):
            return web.json_response(await answer.json(), status=answer.status)


@asynccontextmanager
async def opened(tmp_path: Path) -> AsyncIterator[Avenue]:
    """Open both workspaces and the way to them."""
    places = [
        Playground(PlaygroundSettings(state_dir=tmp_path / name, port=0, rates_enforced=False))
        for name in ("home", "other")
    ]
    for place in places:
        await place.start()
    avenue = Avenue(*places)
    avenue.by_token = {"xoxb-home": avenue.home}
    app = web.Application()
    app.router.add_route("*", "/api/{method}", avenue.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    avenue.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield avenue
    await runner.cleanup()
    for place in places:
        await place.stop()
