"""What all servers of an install share: where they run, who answers them, and how people sign in for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from opstream.adapters.mcp.asking import Asking
from opstream.adapters.mcp.settings import McpServer
from opstream.ports import Vault


@dataclass(frozen=True, slots=True)
class Landed:
    """What a browser brought back from an authorization server."""

    code: str
    state: str
    issuer: str | None = None


class Visitor(Protocol):
    """Who takes an address of an authorization server to a browser."""

    async def visit(self, address: str) -> None:
        """Go there, or have somebody go."""

    async def landed(self) -> Landed:
        """Wait for what the browser brings back."""


Visitors = Callable[[McpServer], Visitor | None]


def nobody(server: McpServer) -> Visitor | None:
    """Return that nobody is there to sign in."""
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all servers share.

    Args:
        environment: Of this process; a program gets only the few variables that each needs.
        asking: Who answers servers' questions.
        vault: Where the tokens of linked accounts are; without it nothing can be linked.
        address: Where browsers reach this install; '' where they cannot.
        visitors: Gives who signs in while a server is being connected; usually nobody does, because a person
            links it before.
    """

    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    asking: Asking = field(default_factory=Asking)
    vault: Vault | None = None
    address: str = ""
    visitors: Visitors = nobody

    def landing(self, server: str) -> str:
        """Return where an authorization server sends browsers back to."""
        return f"{self.address.rstrip('/') or 'http://localhost'}/oauth/callback/{server}"
