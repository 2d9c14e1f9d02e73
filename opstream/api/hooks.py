"""The door for deliveries: webhooks and letters come in, and what is done with them is decided behind it."""

from collections.abc import Mapping, Sequence
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

    async def letter(
        self, topic: str, body: bytes, headers: Mapping[str, str], run_id: str | None = None
    ) -> Sequence[str]:
        """Give a letter to the runs that wait for its topic, or to one; return which took it.

        Raises:
            OpStreamError: why nobody could.
        """


def routes(webhooks: Webhooks) -> list[Route]:
    """Return `/hooks/{name}` and `/events/{topic}`."""

    async def hook(request: Request) -> JSONResponse:
        name, body = request.path_params["name"], await whole(request)
        run = await webhooks.webhook(name, body, dict(request.headers))
        return JSONResponse({"run": run.id, "status": run.status.value}, 202)

    async def letter(request: Request) -> JSONResponse:
        topic, body = request.path_params["topic"], await whole(request)
        run_id = request.query_params.get("run")
        took = await webhooks.letter(topic, body, dict(request.headers), run_id)
        return JSONResponse({"runs": list(took)}, 202 if took else 200)

    return [
        Route("/hooks/{name}", hook, methods=["POST"]),
        Route("/events/{topic:path}", letter, methods=["POST"]),
    ]


async def whole(request: Request) -> bytes:
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
