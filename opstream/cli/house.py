"""What the terminal asks of the program that sees every room; `app.py` makes it.

Nothing heavy is imported here: `opstream --help` must answer at once.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # see above
    from opstream.domain.person import Person
    from opstream.services import Services


class NoHouse(Exception):
    """It takes more than files, and only files are at hand."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An install that can be asked things, as it is or in a copy.

    Args:
        by: The person at the terminal.
    """

    services: "Services"
    by: "Person"


class OpenDesk(Protocol):
    """Opens an install for questions."""

    def __call__(
        self, *, tools: bool = False, changes: bool = False
    ) -> AbstractAsyncContextManager[Desk]:
        """Open it; with `tools` they are started too, so that one can ask what they offer.

        With `changes` it is the install itself, which nobody else may use meanwhile on SQLite; else
        nothing of it changes.
        """


@dataclass(frozen=True, slots=True)
class House:
    """All that takes more than files.

    Args:
        start: Starts the bot and returns when it was stopped.
        work: Starts a process that only advances runs.
        migrate: Brings the database to this version's schema.
        move: Copies a SQLite install to a PostgreSQL database by its address.
    """

    start: Callable[[], None]
    work: Callable[[], None]
    migrate: Callable[[], None]
    move: Callable[[str], None]
    desk: OpenDesk
