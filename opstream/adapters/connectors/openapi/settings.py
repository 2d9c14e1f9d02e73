"""What is configured about an API that is known by its OpenAPI description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one security scheme needs; each text may be `secret:NAME`.

    Args:
        token: Of an API key or a bearer scheme.
        username: With `password`, of a basic scheme.
        client_id: With `client_secret`, of OAuth 2 client credentials.
        token_url: Where tokens are fetched, in place of what the description says.
    """

    token: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    token_url: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Api:
    """One API.

    Args:
        name: What its operations are called by: `<name>.<tool>`; without a dot.
        description: A file, or an http(s) address.
        url: Where the API is, in place of what the description says.
        credentials: By the name of the security scheme.
        headers: Sent with each request; a value may be `secret:NAME`.
        only: Names of tools, tags or `GET /path` patterns that are offered; empty for all.
        reads: Tools that only read although their method says otherwise; patterns.
        writes: Tools that change something although their method says otherwise; patterns.
        timeout: For calls that bring no time limit of their own; None leaves it to the caller.
        pages: How many pages of a list are read at most.
        items: How many items of a list are read at most; the rest of the last page goes with them.
        answer_bytes: The largest answer that is read.
    """

    name: str
    description: str
    url: str = ""
    credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    only: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    timeout: timedelta | None = None
    pages: int = 10
    items: int = 1_000
    answer_bytes: int = 16_000_000

    @property
    def is_remote(self) -> bool:
        """Whether the description is at an address."""
        return self.description.startswith(("http://", "https://"))
