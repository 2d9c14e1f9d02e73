"""The door for programs: what they may use once they have shown a token."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.routing import Route

from opstream.domain.person import Role

if TYPE_CHECKING:  # it comes in with what is wired
    from opstream.services import Services


def routes(services: "Services", token: str | None, role: str) -> Sequence[Route]:
    """Return what programs may use, with the role that they have; nothing where no token is set."""
    if not token:
        return ()
    from opstream.api import prompts, tokens  # only some installs let programs in

    return prompts.routes(services.prompts, tokens.Programs(token, Role(role)))
