"""Slack's deliveries over HTTP, in place of Socket Mode, and the pages to install the app."""

from slack_bolt.adapter.starlette.async_handler import (
    AsyncSlackRequestHandler,
    to_async_bolt_request,
    to_starlette_response,
)
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

EVENTS = "/slack/events"
_LARGEST = 1_000_000  # bytes; Slack's own largest, a view with its state, is far below


def routes(bolt: AsyncApp | None, flow: AsyncOAuthFlow | None) -> list[Route]:
    """Return the routes for deliveries, and those to install the app, where there are such."""
    found = [] if bolt is None else [_deliveries(bolt)]
    return found if flow is None else [*found, *_installing(flow)]


def _deliveries(bolt: AsyncApp) -> Route:
    handler = AsyncSlackRequestHandler(bolt)

    async def take(request: Request) -> Response:
        told = request.headers.get("content-length", "")
        if not told.isdecimal() or int(told) > _LARGEST:
            return PlainTextResponse(
                "A delivery of Slack says its length, and is not that large.", 413
            )
        return await handler.handle(request)

    return Route(EVENTS, take, methods=["POST"])


def _installing(flow: AsyncOAuthFlow) -> list[Route]:
    async def install(request: Request) -> Response:
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await flow.handle_installation(asked))

    async def back(request: Request) -> Response:
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await flow.handle_callback(asked))

    return [Route(flow.install_path, install), Route(flow.redirect_uri_path, back)]
