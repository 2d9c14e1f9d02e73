"""The schema of answers that are kept for a time, and of the calls they saved.

The same rules hold as on the first page, `tables.py`.
"""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel


class ResultRow(SQLModel, table=True):
    """An answer of an operation; a large one stands among the artifacts, under `artifact`.

    `size` stands before `body`, so that adding sizes up reads no bodies.
    """

    __tablename__ = "results"
    __table_args__ = (
        Index("results_by_age", "at", "key"),
        Index("results_by_end", "until", "key"),
    )

    key: str = Field(primary_key=True)
    operation: str
    source: str = Field(index=True)
    at: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)
    size: int
    artifact: str
    body: str = Field(sa_type=Text)


class SavedCallsRow(SQLModel, table=True):
    """How many calls of an operation were spared on a day; `day` is the number of days since 1970."""

    __tablename__ = "saved_calls"
    __table_args__ = {"sqlite_with_rowid": False}

    day: int = Field(primary_key=True)
    operation: str = Field(primary_key=True)
    calls: int
