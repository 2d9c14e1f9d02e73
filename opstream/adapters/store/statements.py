"""Core statements as the text that the driver takes: compiled once, executed without SQLAlchemy.

The journal writes thousands of rows a second; building and compiling each statement anew would cost
more than SQLite does. The tables stay the one description of the schema.
"""

from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.expression import ClauseElement

_DIALECT = sqlite.dialect(paramstyle="named")


def compiled(statement: ClauseElement) -> str:
    """Return a statement as SQL with `:name` parameters.

    The types of our tables need no conversion on the way in: times are integers already, and a
    bool is one for the driver.
    """
    return str(statement.compile(dialect=_DIALECT))


def storable(text: str) -> str:
    """Return a text without halves of characters (`U+D800`), which no UTF-8 can hold.

    Tools may say such things; each becomes a "?", so that a run cannot get stuck on it.
    """
    return text.encode(errors="replace").decode()
