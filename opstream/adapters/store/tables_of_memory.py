"""What is remembered: entries, their passages, what they are about, and the meaning of each passage.

The same rules hold as on the first page, `tables.py`. Beside these tables stands an index of the words in
`memory_texts`: an FTS5 table on SQLite, a generated column on PostgreSQL. Numbers are given out by
`memory_numbers` and never again, so that whoever keeps passages in mind can tell a new one from an old one.
"""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

# On SQLite only an INTEGER is the key by which rows lie; it has 64 bits there.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


class MemoryRow(SQLModel, table=True):
    """An entry; `measure` names the embedder that measured its passages, '' while none has."""

    __tablename__ = "memory_entries"
    __table_args__ = (
        UniqueConstraint("id"),
        Index("memory_by_kind", "kind", "at"),
        Index("memory_by_measure", "measure", "at"),
    )

    number: int = Field(
        primary_key=True, sa_type=_NUMBER, sa_column_kwargs={"autoincrement": False}
    )
    id: str
    kind: str
    title: str = Field(sa_type=Text)
    at: int = Field(sa_type=BigInteger)
    everyone: bool
    person: str = Field(index=True)
    channel: str
    link: str = Field(sa_type=Text)
    by_id: str = Field(index=True)
    details: str = Field(sa_type=Text)
    measure: str


class SubjectRow(SQLModel, table=True):
    """Something that an entry is about."""

    __tablename__ = "memory_subjects"

    subject: str = Field(primary_key=True)
    entry: int = Field(
        primary_key=True,
        sa_type=_NUMBER,
        index=True,
        foreign_key="memory_entries.number",
    )


class PassageRow(SQLModel, table=True):
    """Where a passage belongs and who may see it: narrow, because searches go through many of them."""

    __tablename__ = "memory_passages"
    __table_args__ = (Index("memory_seen", "workspace", "everyone", "channel", "person", "kind"),)

    number: int = Field(
        primary_key=True, sa_type=_NUMBER, sa_column_kwargs={"autoincrement": False}
    )
    entry: int = Field(sa_type=_NUMBER, index=True, foreign_key="memory_entries.number")
    kind: str
    everyone: bool
    person: str
    channel: str
    workspace: str


class PassageTextRow(SQLModel, table=True):
    """A passage, and its terms in order, as they are indexed."""

    __tablename__ = "memory_texts"

    passage: int = Field(
        primary_key=True,
        sa_type=_NUMBER,
        sa_column_kwargs={"autoincrement": False},
        foreign_key="memory_passages.number",
    )
    text: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text)


class MeaningRow(SQLModel, table=True):
    """What a passage means: numbers of four bytes, the lowest byte first, of a vector of length 1."""

    __tablename__ = "memory_meanings"

    passage: int = Field(
        primary_key=True,
        sa_type=_NUMBER,
        sa_column_kwargs={"autoincrement": False},
        foreign_key="memory_passages.number",
    )
    measure: str
    numbers: bytes = Field(sa_type=LargeBinary)


class MemoryNumberRow(SQLModel, table=True):
    """The last number that was given out."""

    __tablename__ = "memory_numbers"

    name: str = Field(primary_key=True)
    last: int = Field(sa_type=BigInteger)
