"""The rest of the schema: what is kept about people, secrets, notices and deeds.

The same rules hold as on the first page, `tables.py`.
"""

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from opstream.adapters.store.tables import indexed_where


class DelegationRow(SQLModel, table=True):
    """Who is away until when, and who decides for them in the meantime."""

    __tablename__ = "delegations"

    person: str = Field(primary_key=True)
    name: str
    delegate: str = Field(index=True)
    delegate_name: str
    since: int = Field(sa_type=BigInteger)
    until: int = Field(sa_type=BigInteger)


class SealedRow(SQLModel, table=True):
    """Something secret by its name, sealed by a key that is not in the database."""

    __tablename__ = "sealed"

    name: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class PreferenceRow(SQLModel, table=True):
    """How a person or channel wants to hear of things; `chosen` is the domain's `Preferences` as JSON."""

    __tablename__ = "preferences"

    owner: str = Field(primary_key=True)
    chosen: str = Field(sa_type=Text)


class WatchRow(SQLModel, table=True):
    """Somebody who wants to hear of a run, or of all runs of a workflow."""

    __tablename__ = "watches"

    subject: str = Field(primary_key=True)
    person: str = Field(primary_key=True, index=True)


class NoticeRow(SQLModel, table=True):
    """A notice on its way to one target; `batch` is the message it went into, once sending began."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("notices_sent", "target", "sent_at"),
        indexed_where("notices_due", "due_at", condition="is_open"),
    )

    key: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    body: str = Field(sa_type=Text)
    subject: str = Field(index=True)
    is_open: bool
    at: int = Field(sa_type=BigInteger)
    due_at: int = Field(sa_type=BigInteger)
    taken_until: int = Field(sa_type=BigInteger)
    sent_at: int | None = Field(sa_type=BigInteger)
    batch: str


class RoleRow(SQLModel, table=True):
    """A role that an admin gave somebody or took from them, beside `config/roles.yaml`."""

    __tablename__ = "roles"

    person: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    held: bool
    at: int = Field(sa_type=BigInteger)
    by_id: str
    by_name: str


class AuditMarkRow(SQLModel, table=True):
    """Where the trail ends (`head`), and after which entry it begins (`cut`)."""

    __tablename__ = "audit_marks"

    name: str = Field(primary_key=True)
    seq: int
    hash: str


class AuditRow(SQLModel, table=True):
    """Who did what; each entry carries the hash of the one before (see `audit.py`).

    `personal` is the seal of what names a person, and `salt` what makes it unguessable: without the salt
    the names can be erased, and the chain still fits.
    """

    __tablename__ = "audit"

    seq: int = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    by_id: str
    by_name: str
    deed: str
    subject: str = Field(index=True)
    detail: str = Field(sa_type=Text)
    outcome: str
    previous: str
    hash: str
    personal: str | None
    salt: str | None
