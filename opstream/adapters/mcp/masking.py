"""Keep secrets out of what people and logs get to see."""

import re
from collections.abc import Iterable, Mapping

from opstream.adapters.mcp.settings import McpServer

HIDDEN = "•••"

_TELLING = re.compile(r"token|secret|key|passw|pwd|auth|credential|cookie|dsn|private", re.I)
_RANDOM_LOOK = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])[\w+=.-]{20,}")
_SHORTEST = 4


def secrets_of(server: McpServer) -> tuple[str, ...]:
    """Return the values in a server's settings that look like secrets, by their name or shape."""
    own = (server.oauth.client_secret,) if server.oauth and server.oauth.client_secret else ()
    return tuple({*_secrets(server.env), *_secrets(server.headers), *own})


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every secret in it replaced, longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    return text


def shortened(text: str, limit: int = 500) -> str:
    """Return the text on one line, cut to `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _secrets(pairs: Mapping[str, str]) -> Iterable[str]:
    for name, value in pairs.items():
        if _TELLING.search(name) or _RANDOM_LOOK.fullmatch(value):
            yield value
            # "Bearer abc" is quoted by servers as "abc".
            yield from value.split()[1:]
