"""How the stores write, whichever database it is."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from opstream.adapters.store.commits import Commit
from opstream.adapters.store.statements import Row, Statement

T = TypeVar("T")


class Answer(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows it touched."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row is a tuple of whatever was asked for
        """Return the next row, or None."""


class Session(Protocol):
    """A transaction in which nobody else writes what is read in it."""

    def execute(self, statement: Statement, row: Row) -> Answer:
        """Execute a statement."""


Unit: TypeAlias = Callable[[Session], T]


class Writer(Protocol):
    """Takes what is to be written; each thing stands whole and durably, or not at all.

    All raise `StoreUnavailable` when the database does not take it.
    """

    async def commit(self, commit: Commit) -> None:
        """Write facts with all that follows from them; errors as `RunStore.commit`."""

    async def execute(self, statement: Statement, rows: Sequence[Row]) -> int:
        """Execute a statement for each row; return how many rows the last one touched."""

    async def change(self, unit: Unit[T]) -> T:
        """Have something read and written in one transaction, and return what it returns."""
