"""The schema of what models took. The same rules hold as on the first page, `tables.py`."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from opstream.adapters.store.tables import indexed_where


class UsageRow(SQLModel, table=True):
    """What one answer of a model took; `key` tells it from all others, so that it counts once.

    Money is kept in millionths of a US dollar, so that sums are exact; None where nobody knows the price. The
    columns at the ends of the indexes are there so that a sum reads nothing else.
    """

    __tablename__ = "usage"
    __table_args__ = (
        Index("usage_by_time", "at", "model", "tokens_in", "tokens_out", "micros", "saved"),
        indexed_where("usage_by_run", "run_id", condition="run_id <> ''"),
        Index("usage_by_person", "person", "at"),
    )

    key: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    task: str
    run_id: str
    step: str
    person: str
    model: str
    tokens_in: int = Field(sa_type=BigInteger)
    tokens_out: int = Field(sa_type=BigInteger)
    micros: int | None = Field(sa_type=BigInteger)
    saved: int = Field(sa_type=BigInteger)
