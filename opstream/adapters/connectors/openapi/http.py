"""Requests over HTTP, each by itself: no redirect is followed unasked, no cookie is kept."""

import asyncio
from collections.abc import Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from opstream.adapters.connectors.openapi.requests import Request
from opstream.adapters.connectors.openapi.responses import Response

if TYPE_CHECKING:  # it takes a while to import, and nobody needs it before the first request
    import httpx2

_CONNECT_SECONDS, _QUIET_SECONDS = 10.0, 300.0
_AGENT = "OpStream"


class NotSent(Exception):
    """Nobody took the request; it certainly had no effect."""


class NoAnswer(Exception):
    """The request may have arrived, and no whole answer came back."""

    def __init__(self, why: str, *, late: bool = False) -> None:
        super().__init__(why)
        self.late = late


class TooLarge(Exception):
    """The answer has more bytes than wanted."""


class Http:
    """Sends requests; shared by all APIs of an install."""

    def __init__(self) -> None:
        self._client: httpx2.AsyncClient | None = None
        self._making = asyncio.Lock()

    async def send(self, request: Request, most_bytes: int) -> Response:
        """Send a request and return the whole answer, a redirect too.

        Raises:
            NotSent: nobody took it.
            NoAnswer: nobody knows what became of it.
            TooLarge: the answer is larger.
        """
        import httpx2

        client = await self._ready()
        try:
            built = _built(client, request)
            answer = await client.send(built, stream=True)
            try:
                content = await _content(answer, most_bytes)
            finally:
                await answer.aclose()
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise NotSent(_reason(error)) from error
        except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError, httpx2.InvalidURL) as error:
            raise NotSent(_reason(error)) from error
        except httpx2.TimeoutException as error:
            raise NoAnswer("no answer came in time", late=True) from error
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            raise NoAnswer(_reason(error)) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, request.url, headers, content)

    async def close(self) -> None:
        """Give every connection back."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ready(self) -> "httpx2.AsyncClient":
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(_client)
            return self._client


def _client() -> "httpx2.AsyncClient":
    import httpx2

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(_QUIET_SECONDS, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        limits=httpx2.Limits(max_connections=200, max_keepalive_connections=50),
        headers={"User-Agent": _AGENT, "Accept": "application/json, text/*;q=0.8, */*;q=0.5"},
    )


def _built(client: "httpx2.AsyncClient", request: Request) -> "httpx2.Request":
    import httpx2

    url = httpx2.URL(request.url)
    if request.query:
        url = url.copy_with(params=[*url.params.multi_items(), *request.query])
    headers = list(request.headers)
    if request.cookies:
        headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in request.cookies)))
    if request.files:
        fields = [(name, (None, value)) for name, value in request.data]
        files = [(name, (name, content)) for name, content in request.files]
        return client.build_request(request.method, url, headers=headers, files=[*fields, *files])
    data = _grouped(request.data) if request.data else None
    return client.build_request(
        request.method, url, headers=headers, content=request.content, data=data
    )


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


async def _content(answer: "httpx2.Response", most_bytes: int) -> bytes:
    parts, size = list[bytes](), 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > most_bytes:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


def _reason(error: Exception) -> str:
    """Return why, without the address, which may hold secrets."""
    named = {"ConnectError": "nobody answers there", "ConnectTimeout": "nobody answers there"}
    kind = type(error).__name__
    return named.get(kind) or f"the connection broke ({kind})"
