"""Core statements as the text that the drivers take: compiled once, executed without SQLAlchemy.

The journal writes thousands of rows a second; building and compiling each statement anew would cost
more than the database does. The tables stay the one description of the schema, for both databases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.expression import ClauseElement

Row: TypeAlias = Mapping[str, Any]


class Dialect(Enum):
    """Which database a statement is for."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as both databases want it: with `:name`, and with `%(name)s`."""

    sqlite: str
    postgresql: str

    def text(self, dialect: Dialect) -> str:
        """Return the text for one of the databases."""
        return self.sqlite if dialect is Dialect.SQLITE else self.postgresql


_ON_SQLITE = sqlite.dialect(paramstyle="named")
_ON_POSTGRESQL = postgresql.dialect(  # type: ignore[no-untyped-call] # as SQLAlchemy ships it
    paramstyle="pyformat", implicit_returning=False
)


def compiled(statement: ClauseElement) -> Statement:
    """Return a statement as text; an upsert is to be made with PostgreSQL's `insert`.

    The types of our tables need no conversion on the way in: times are integers already, and SQLite
    takes a bool for one.
    """
    return Statement(
        str(statement.compile(dialect=_ON_SQLITE)), str(statement.compile(dialect=_ON_POSTGRESQL))
    )


def storable(text: str) -> str:
    """Return a text without what a database cannot hold: halves of characters, and the character 0.

    Tools may say such things; each becomes a "?", so that a run cannot get stuck on it.
    """
    return text.encode(errors="replace").decode().replace("\0", "?")
