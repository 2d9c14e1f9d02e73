"""Tokens: which program may come in, and as whom."""

import hmac
from hashlib import sha256

from starlette.exceptions import HTTPException
from starlette.requests import Request

from opstream.domain.person import Person, Role

ID = "api"
_NAME = "HTTP API"
_NO_TOKEN = "This needs the header `Authorization: Bearer <token>`, with the token that OPSTREAM_API_TOKEN holds."


class Programs:
    """Knows programs by their token.

    Args:
        token: What they have to show.
        role: What they may do.
    """

    def __init__(self, token: str, role: Role) -> None:
        self._digest = _digest(token)
        self._person = Person(ID, _NAME, frozenset({role}))

    def person(self, request: Request) -> Person:
        """Return as whom a request acts.

        Raises:
            HTTPException: it shows no token, or another one.
        """
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        # Of equal length and compared in constant time: how long it takes says nothing about the token.
        right = hmac.compare_digest(_digest(shown.strip()), self._digest)
        if scheme.lower() != "bearer" or not right:
            raise HTTPException(401, _NO_TOKEN, {"WWW-Authenticate": "Bearer"})
        return self._person


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
