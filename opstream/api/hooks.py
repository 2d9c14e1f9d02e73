"""The door for webhooks: a delivery comes in, and what is to be done with it is decided behind it."""

from collections.abc import Mapping
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from opstream.domain.run import Run

LARGEST = 1_000_000  # bytes of a body


class Webhooks(Protocol):
    """What takes deliveries; it looks at signatures too."""

    async def webhook(self, name: str, body: bytes, headers: Mapping[str, str]) -> Run:
        """Start what a delivery starts.

        Raises:
            OpStreamError: why nothing was started.
        """


def routes(webhooks: Webhooks) -> list[Route]:
    """Return `/hooks/{name}`."""

    async def hook(request: Request) -> JSONResponse:
        name, body = request.path_params["name"], await _body(request)
        run = await webhooks.webhook(name, body, dict(request.headers))
        return JSONResponse({"run": run.id, "status": run.status.value}, 202)

    return [Route("/hooks/{name}", hook, methods=["POST"])]


async def _body(request: Request) -> bytes:
    """Read a body, and stop reading one that is too large."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > LARGEST:
        raise _too_large()
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise _too_large()
    return bytes(body)


def _too_large() -> HTTPException:
    return HTTPException(413, f"The body is larger than {LARGEST:,} bytes; send less.")
