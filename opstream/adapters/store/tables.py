"""The whole schema on one page.

`facts` is the truth. What stands in `runs`, `approvals` and `step_times` follows from it and is written
in the same transaction, so that lists, races and estimates need no history. Times are microseconds
since 1970 in UTC (`times.py`). Every change here needs a migration; a test compares the two.
"""

from typing import Any

from sqlalchemy import BigInteger, Index, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class RunRow(SQLModel, table=True):
    """A run in short: who, where, since when, and what `commit` guards.

    `version` is the number of facts. A commit updates the row only where it finds the version that it
    was decided on, which is what keeps two writers from deciding twice.

    `has_work` marks the runs that a starting process must look at. A `Run` alone cannot tell that it is
    at rest: a parallel step whose needs are met, but which has not begun, leaves no trace in it. So
    every commit that leaves a run active sets the mark, except the runner's own when it knows that
    nothing follows. A run at rest is found by `wake_at`, or by what a person does; that commit sets the
    mark again. Paused and ended runs have no mark and no `wake_at`.

    The first three indexes give lists one status at a time, newest first (see `lists.py`); the columns
    at their ends are there so that nothing else must be read.

    `shown_version` is what the messages in the chat show; while it lags behind, they want an update.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index("runs_by_status", "status", "started_at", "id"),
        Index("runs_by_starter", "by_id", "status", "started_at", "id", "workflow_id"),
        Index("runs_by_workflow", "workflow_id", "status", "started_at", "id", "by_id"),
        Index(
            "runs_by_end",
            "workflow_id",
            "ended_at",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "runs_asleep",
            "wake_at",
            sqlite_where=text("wake_at IS NOT NULL"),
            postgresql_where=text("wake_at IS NOT NULL"),
        ),
        Index(
            "runs_with_work",
            "id",
            sqlite_where=text("has_work = 1"),
            postgresql_where=text("has_work"),
        ),
        Index(
            "runs_not_shown",
            "id",
            sqlite_where=text("shown_version < version"),
            postgresql_where=text("shown_version < version"),
        ),
    )

    id: str = Field(primary_key=True)
    workflow_id: str
    workflow_version: int
    status: str
    by_id: str
    by_name: str
    channel: str | None
    thread: str | None
    started_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(sa_type=BigInteger)
    reason: str = Field(sa_type=Text)
    wake_at: int | None = Field(sa_type=BigInteger)
    version: int
    shown_version: int
    waits_for_person: bool
    has_work: bool


class FactRow(SQLModel, table=True):
    """One fact of a run; `body` is the whole fact as JSON, the other columns are there to find it.

    The table is clustered by its key, so a history lies together and a fact costs one tree, not two.
    `body` is text, not the database's own JSON type: it comes back byte for byte.
    """

    __tablename__ = "facts"
    __table_args__ = {"sqlite_with_rowid": False}

    run_id: str = Field(primary_key=True, foreign_key="runs.id")
    seq: int = Field(primary_key=True)
    kind: str
    at: int = Field(sa_type=BigInteger)
    body: str = Field(sa_type=Text)


class ApprovalRow(SQLModel, table=True):
    """A question and its one answer; `id` is `approval_id(run, step, revision)`.

    An answer updates the row only while its verdict is `open`: the first one wins, whoever comes later
    reads here who it was.
    """

    __tablename__ = "approvals"

    id: str = Field(primary_key=True)
    run_id: str = Field(foreign_key="runs.id", index=True)
    step: str
    revision: int
    title: str = Field(sa_type=Text)
    asked_at: int = Field(sa_type=BigInteger)
    expires_at: int | None = Field(sa_type=BigInteger)
    verdict: str
    by_id: str | None
    by_name: str | None
    settled_at: int | None = Field(sa_type=BigInteger)
    comment: str = Field(sa_type=Text)


class StepTimeRow(SQLModel, table=True):
    """How long a step worked in a run that ended; `ended_at` is the end of the run."""

    __tablename__ = "step_times"
    __table_args__ = {"sqlite_with_rowid": False}

    run_id: str = Field(primary_key=True, foreign_key="runs.id")
    step: str = Field(primary_key=True)
    workflow_id: str
    seconds: float
    ended_at: int = Field(sa_type=BigInteger)


class PostingRow(SQLModel, table=True):
    """A message of ours; `id` keeps the order in which they were intended."""

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("postings_by_message", "channel", "ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    run_id: str = Field(index=True)
    channel: str
    thread: str | None
    ts: str | None
    digest: str


class DeliveryRow(SQLModel, table=True):
    """A delivery from outside that was taken up, kept long enough to know its repeats."""

    __tablename__ = "deliveries"

    key: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger, index=True)


class WorkflowVersionRow(SQLModel, table=True):
    """A workflow's text as it was published; never changed, because runs stay on their version."""

    __tablename__ = "workflow_versions"

    workflow_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    digest: str
    source: str = Field(sa_type=Text)
    file: str
    published_at: int = Field(sa_type=BigInteger)


class AuditRow(SQLModel, table=True):
    """Who did what; each entry carries the hash of the one before (see `audit.py`)."""

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


def table(row: type[SQLModel]) -> Table:
    """Return the table behind a row class, for Core statements."""
    found: Any = row.__tablename__
    return SQLModel.metadata.tables[found]
