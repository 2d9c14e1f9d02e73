"""OAuth 2 tokens for a client of its own right (RFC 6749, 4.4): fetched, kept while they last, renewed."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urljoin

from opstream.adapters.connectors.openapi.document import mapping, text_of
from opstream.adapters.connectors.openapi.http import Http, NoAnswer, NotSent, TooLarge
from opstream.adapters.connectors.openapi.requests import Request
from opstream.adapters.connectors.openapi.responses import Response
from opstream.domain.values import JsonObject
from opstream.errors import OperationFailed

_MOST_BYTES = 1_000_000
_USUAL_SECONDS = 300.0
_EARLY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is for, and where it is fetched; the address may be relative to the API's."""

    url: str
    base: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    until: float


class Tokens:
    """The tokens of one API.

    Args:
        seconds: A clock that only goes forward.
    """

    def __init__(self, http: Http, seconds: Callable[[], float]) -> None:
        self._http = http
        self._seconds = seconds
        self._tokens: dict[Grant, _Token] = {}
        self._fetching: dict[Grant, asyncio.Lock] = {}

    def known(self) -> tuple[str, ...]:
        """Return all tokens, which must not show up in any message."""
        return tuple(one.text for one in self._tokens.values())

    def drop(self, grant: Grant, text: str) -> None:
        """Forget a token that the API does not take any more."""
        held = self._tokens.get(grant)
        if held is not None and f"Bearer {held.text}" == text:
            del self._tokens[grant]

    async def token(self, grant: Grant, operation: str) -> str:
        """Return a token that will last for the next request.

        Raises:
            OperationFailed: none could be fetched; the operation was not called.
        """
        async with self._fetching.setdefault(grant, asyncio.Lock()):
            held = self._tokens.get(grant)
            if held is None or held.until <= self._seconds():
                held = self._tokens[grant] = await self._fetched(grant, operation)
            return held.text

    async def _fetched(self, grant: Grant, operation: str) -> _Token:
        failed = f"`{operation}` was not called: no token could be fetched"
        try:
            response = await self._asked(grant)
        except (NotSent, NoAnswer, TooLarge) as error:
            raise OperationFailed(f"{failed}, because {error}.", kind="unavailable") from error
        answer = _answer(response)
        text = text_of(answer.get("access_token"))
        if response.status >= 400 or not text:
            why = text_of(answer.get("error_description")) or text_of(answer.get("error"))
            said = f": {why[:200].rstrip('.')}" if why else ""
            raise OperationFailed(
                f"{failed} (HTTP {response.status}){said}.",
                kind="unavailable" if response.status >= 500 else "refused",
                retryable=response.status >= 500,
            )
        lasts = answer.get("expires_in")
        seconds = float(lasts) if isinstance(lasts, int | float) else _USUAL_SECONDS
        early = min(_EARLY_SECONDS, seconds / 2)
        return _Token(text, self._seconds() + seconds - early)

    async def _asked(self, grant: Grant) -> Response:
        """Ask with the client's name in a header, as is recommended, else in the form."""
        form = [("grant_type", "client_credentials")]
        if grant.scopes:
            form.append(("scope", " ".join(grant.scopes)))
        pair = f"{quote(grant.client_id, safe='')}:{quote(grant.client_secret, safe='')}"
        url = urljoin(grant.base, grant.url)
        asking = Request("POST", url, headers=(("Authorization", _basic(pair)),), data=tuple(form))
        response = await self._http.send(asking, _MOST_BYTES)
        if response.status not in (400, 401):
            return response
        own = (("client_id", grant.client_id), ("client_secret", grant.client_secret))
        return await self._http.send(
            replace(asking, headers=(), data=(*asking.data, *own)), _MOST_BYTES
        )


def _answer(response: Response) -> JsonObject:
    try:
        return mapping(json.loads(response.content))
    except (ValueError, RecursionError):
        return {}


def _basic(pair: str) -> str:
    return f"Basic {b64encode(pair.encode()).decode()}"
