"""Only this machine, and only this page: no other site in the browser may reach the playground.

The tokens of the playground are known to all, so another site must not get a request through: neither under a name
of its own that resolves to this machine (DNS rebinding; the Host header tells), nor across origins (Origin and
Sec-Fetch-Site tell).
"""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
OWN_SITES = frozenset({"", "same-origin", "none"})
PAGES = ("/page/", "/archives/")


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def refusal(request: web.Request) -> str:
    """Return why a request is not let in, '' when it is."""
    if not _is_local(f"//{request.headers.get('Host', '')}"):
        return "This server answers to localhost only."
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("Host"):
        return "Requests from other sites are not let in."
    is_page = request.path == "/" or request.path.startswith(PAGES)
    if not is_page and request.headers.get("Sec-Fetch-Site", "") not in OWN_SITES:
        return "Requests from other sites are not let in."
    return ""


def _is_local(address: str) -> bool:
    try:
        return urlsplit(address).hostname in LOCAL_NAMES
    except ValueError:
        return False


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in what comes from this machine's own page, or from a program."""
    why = refusal(request)
    if why:
        raise web.HTTPForbidden(text=why)
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Keep other sites from framing the page, and browsers from keeping an old one."""
    if request.path.endswith(".js"):
        response.content_type = "text/javascript"  # what the system's own table says differs
    response.headers.setdefault("Content-Security-Policy", "frame-ancestors 'none'")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-cache")
