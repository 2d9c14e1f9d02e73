"""The Web API: who may call what how often, and the table of all methods.

Source: docs.slack.dev/apis/web-api; the methods themselves stand in `methods/`, one file a family.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from opstream.playground.slack import requests
from opstream.playground.slack.errors import RateLimited, SlackError
from opstream.playground.slack.faults import Faults
from opstream.playground.slack.hub import Hub
from opstream.playground.slack.methods import (
    agents,
    apps,
    assistant,
    chat,
    conversations,
    dnd,
    files,
    functions,
    reactions,
    streams,
    unfurls,
    users,
    views,
)
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.rates import RateLimiter
from opstream.playground.slack.wire import Json, dump, text

METHODS: Methods = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **dnd.METHODS,
    **users.METHODS,
    **views.METHODS,
    **reactions.METHODS,
    **assistant.METHODS,
    **agents.METHODS,
    **streams.METHODS,
    **files.METHODS,
    **functions.METHODS,
    **unfurls.METHODS,
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The two tokens of the app."""

    bot: str
    app: str


class WebApi:
    """Answers `/api/<method>`."""

    def __init__(
        self,
        hub: Hub,
        tokens: Tokens,
        faults: Faults,
        make_call: Callable[[Json], Call],
        *,
        limiter: RateLimiter | None,
    ) -> None:
        self._hub = hub
        self._tokens = tokens
        self._faults = faults
        self._limiter = limiter
        self._make_call = make_call

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call. Refusals have status 200, as Slack's have; only 429 is a status of its own."""
        name = request.match_info["method"]
        await self._faults.gate.wait()
        if self._faults.delay_seconds:
            await asyncio.sleep(self._faults.delay_seconds)
        headers = {"X-Slack-Req-Id": secrets.token_hex(16)}
        try:
            given = await requests.arguments(request)
            body: Json = {"ok": True} | self._answer(name, given, requests.token(request, given))
        except SlackError as refused:
            body = refused.answer()
        except RateLimited as limited:
            headers["Retry-After"] = str(limited.retry_after)
            return _json({"ok": False, "error": "ratelimited"}, headers, status=429)
        method = METHODS.get(name)
        headers["X-OAuth-Scopes"] = ",".join(sorted(self._hub.manifest.scopes))
        headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes if method else ())
        return _json(body, headers)

    def _answer(self, name: str, given: Json, token: str) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        self._check_token(method, token)
        self._check_rate(name, method, given)
        call = self._make_call(given)
        call.need_scope(*method.scopes)
        call.require(*method.required)
        return method.run(call)

    def _check_token(self, method: Method, token: str) -> None:
        if method.token == "none" and not token:
            return
        if not token:
            raise SlackError("not_authed")
        if token not in {self._tokens.bot, self._tokens.app}:
            raise SlackError("invalid_auth")
        wanted = self._tokens.app if method.token == "app" else self._tokens.bot
        if method.token != "none" and token != wanted:
            raise SlackError("not_allowed_token_type")

    def _check_rate(self, name: str, method: Method, given: Json) -> None:
        if self._faults.refuses(name):
            raise RateLimited(self._faults.retry_after)
        if self._limiter is None:
            return
        channel = text(given.get("channel")) if name == "chat.postMessage" else ""
        wait = self._limiter.take(name, method.tier, channel)
        if wait:
            raise RateLimited(wait)


def _json(body: Json, headers: dict[str, str], status: int = 200) -> web.Response:
    return web.Response(
        text=dump(body),
        status=status,
        headers=headers,
        content_type="application/json",
        charset="utf-8",
    )
