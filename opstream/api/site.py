"""The HTTP side of a process: its routes, and how errors are told there."""

from collections.abc import Awaitable, Callable, Sequence

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from opstream.api import health, hooks, pages
from opstream.errors import (
    NoRoom,
    NotAllowed,
    NotFound,
    OpStreamError,
    StoreUnavailable,
    TooLate,
)
from opstream.ports import Clock, Vitals

log = structlog.get_logger(__name__)

_STATUS: tuple[tuple[type[OpStreamError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 401),
    (TooLate, 409),
    (NoRoom, 409),
    (StoreUnavailable, 503),
    (OpStreamError, 422),
)
_AGAIN = {"Retry-After": "5"}


def build(
    vitals: Callable[[], Awaitable[Vitals]],
    clock: Clock,
    webhooks: hooks.Webhooks | None,
    more: Sequence[Route] = (),
    thread_of: Callable[[str], Awaitable[str]] | None = None,
) -> Starlette:
    """Return the site; without `webhooks` it only tells how the process is doing.

    Args:
        vitals: How the process is doing.
        clock: The time.
        webhooks: What takes deliveries.
        more: Routes of another edge that share the port.
        thread_of: Gives where the thread of a run is; see `pages`.
    """
    routes = [*health.routes(vitals, clock), *pages.routes(thread_of), *more]
    if webhooks is not None:
        routes += hooks.routes(webhooks)
    handlers = {
        OpStreamError: _refused,
        HTTPException: _wrong,
        ClientDisconnect: _gone,
        Exception: _broke,
    }
    return Starlette(routes=routes, exception_handlers=handlers)


async def _refused(request: Request, error: Exception) -> Response:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    return JSONResponse({"error": str(error)}, status, _AGAIN if status == 503 else None)


async def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = error.detail
    if error.status_code == 404:
        said = (
            "There is nothing here. Webhooks are at `/hooks/<name>`, events at `/events/<topic>`."
        )
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "POST").split(", ")
        takes = " and ".join(f"`{one}`" for one in sorted(allowed) if one != "HEAD")
        said = f"`{request.method}` is not understood here; this address takes {takes}."
    return JSONResponse({"error": said}, error.status_code, error.headers)


async def _gone(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "The sender hung up before the body was whole."}, 400)


async def _broke(request: Request, error: Exception) -> Response:
    log.error("request_broke", path=request.url.path, exc_info=error)
    said = "OpStream itself failed here. The log says more; sending it again is safe."
    return JSONResponse({"error": said}, 500)
