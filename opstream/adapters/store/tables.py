"""The schema on two pages, for both databases: runs and what belongs to them here, people in the other.

`facts` is the truth. What stands in `runs`, `approvals`, `waits` and `step_times` follows from it and is
written in the same transaction, so that lists, races, letters and estimates need no history. Times are
microseconds since 1970 in UTC (`times.py`). Every change here needs a migration; a test compares the two.
"""

from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, Table, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

_ENDED = "ended_at IS NOT NULL"
_SETTLED = "settled_at IS NOT NULL"
_OPEN = "verdict = 'open'"
_EMPTY = {"server_default": text("''")}
_QUEUED = "status = 'queued'"
_IN_THREAD = "thread IS NOT NULL"
_HANDED_OVER = "handed_to IS NOT NULL"


def indexed_where(name: str, *columns: str, condition: str) -> Index:
    """Return an index of the rows that meet a condition; a flag is one, too."""
    on_sqlite = f"{condition} = 1" if condition.isidentifier() else condition
    return Index(name, *columns, sqlite_where=text(on_sqlite), postgresql_where=text(condition))


class RunRow(SQLModel, table=True):
    """A run in short: who, where, since when, and what `commit` guards.

    `version` is the number of facts. A commit updates the row only where it finds the version that it
    was decided on, which is what keeps two writers from deciding twice.

    `has_work` marks the runs that a starting process must look at. A `Run` alone cannot tell that it is
    at rest: a parallel step whose needs are met, but which has not begun, leaves no trace in it. So
    every commit that leaves a run active sets the mark, except the runner's own when it knows that
    nothing follows. A run at rest is found by `wake_at`, or by what a person does; that commit sets the
    mark again. An ended run has the mark while somebody must still be told of its end. Queued and paused
    runs have no mark, and only active ones have a `wake_at`.

    The first three indexes give lists one status at a time, newest first (see `lists.py`); the columns
    at their ends are there so that nothing else must be read.

    `handed_to` is who answers for the run in place of who started it.

    `shown_version` is what the messages in the chat show; while it lags behind `version`, there is news.
    `has_news` says the same: no index may look at `version`, because PostgreSQL would then have to renew
    every index of the row at every step.

    `owner` is the process that advances the run, where there are several (see `workers`). `epoch` is raised
    by each claim: who wants to write as the owner names the one of their claim, and is refused when there
    has been another one since, also one of their own process.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index("runs_by_status", "status", "started_at", "id"),
        Index("runs_by_starter", "by_id", "status", "started_at", "id", "workflow_id"),
        indexed_where(
            "runs_by_taker", "handed_to", "status", "started_at", "id", condition=_HANDED_OVER
        ),
        Index("runs_by_workflow", "workflow_id", "status", "started_at", "id", "by_id"),
        indexed_where("runs_by_end", "workflow_id", "ended_at", condition=_ENDED),
        indexed_where(
            "runs_ended", "ended_at", "status", "workflow_id", "started_at", condition=_ENDED
        ),
        indexed_where("runs_by_parent", "parent", condition="parent IS NOT NULL"),
        indexed_where("runs_waiting", "status", "started_at", "id", condition="waits_for_person"),
        indexed_where(
            "runs_by_thread",
            "channel",
            "thread",
            "status",
            "started_at",
            "id",
            condition=_IN_THREAD,
        ),
        indexed_where("runs_asleep", "wake_at", condition="wake_at IS NOT NULL"),
        indexed_where("runs_with_work", "id", condition="has_work"),
        indexed_where("runs_with_news", "id", condition="has_news"),
        indexed_where(
            "runs_queued", "workflow_id", "priority", "started_at", "id", condition=_QUEUED
        ),
    )

    id: str = Field(primary_key=True)
    workflow_id: str
    workflow_version: int
    status: str
    by_id: str
    by_name: str
    handed_to: str | None
    handed_name: str | None
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
    has_news: bool = Field(sa_column_kwargs={"server_default": false()})
    priority: int = Field(sa_column_kwargs={"server_default": text("0")})
    parent: str | None
    owner: str | None
    epoch: int = Field(sa_column_kwargs={"server_default": text("0")})


class FactRow(SQLModel, table=True):
    """One fact of a run; `body` is the whole fact as JSON, the other columns are there to find it.

    The table is clustered by its key, so a history lies together and a fact costs one tree, not two.
    `body` is text, not the database's own JSON type: it comes back byte for byte.
    """

    __tablename__ = "facts"
    __table_args__ = (
        indexed_where("facts_failed", "at", condition="kind = 'step_failed'"),
        {"sqlite_with_rowid": False},
    )

    run_id: str = Field(primary_key=True, foreign_key="runs.id")
    seq: int = Field(primary_key=True)
    kind: str
    at: int = Field(sa_type=BigInteger)
    body: str = Field(sa_type=Text)


class ApprovalRow(SQLModel, table=True):
    """A question and its one answer; `id` is `approval_id(run, step, revision)`.

    An answer updates the row only while its verdict is `open`: the first one wins, whoever comes later
    reads here who it was.

    `role` to `voters` spare lists of open questions the history. `kind` is the same for questions that the
    same roles decide on, `likeness` for those that are equal but for their arguments. `askers`, `asked` and `voters` hold ids, each with commas around it:
    who counts as asking, whom it was escalated to, and who has said yes; a `;` stands after each yes, which
    counts for two where one of them is away.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        indexed_where(
            "approvals_settled", "settled_at", "verdict", "asked_at", "run_id", condition=_SETTLED
        ),
        indexed_where("approvals_open", "asked_at", "id", "kind", condition=_OPEN),
    )

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
    role: str = Field(sa_column_kwargs={"server_default": text("'approver'")})
    asker_may: bool = Field(sa_column_kwargs={"server_default": false()})
    risk: str = Field(sa_column_kwargs={"server_default": text("'medium'")})
    people: int = Field(sa_column_kwargs={"server_default": text("1")})
    call: str = Field(sa_type=Text, sa_column_kwargs=_EMPTY)
    kind: str = Field(sa_type=Text, sa_column_kwargs=_EMPTY)
    likeness: str = Field(sa_column_kwargs=_EMPTY)
    askers: str = Field(sa_type=Text, sa_column_kwargs=_EMPTY)
    asked: str = Field(sa_type=Text, sa_column_kwargs=_EMPTY)
    voters: str = Field(sa_type=Text, sa_column_kwargs=_EMPTY)


class WaitRow(SQLModel, table=True):
    """A step that waits for a letter of a topic; gone once it does not wait any more."""

    __tablename__ = "waits"
    __table_args__ = {"sqlite_with_rowid": False}

    run_id: str = Field(primary_key=True, foreign_key="runs.id")
    step: str = Field(primary_key=True)
    topic: str = Field(index=True)


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
    """A workflow's text as it was published; never changed, because runs stay on their version.

    `templates` are the versions of the prompt templates that it uses, as JSON; '' for none.
    """

    __tablename__ = "workflow_versions"

    workflow_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    digest: str
    source: str = Field(sa_type=Text)
    file: str
    published_at: int = Field(sa_type=BigInteger)
    by_id: str | None
    by_name: str | None
    why: str = Field(sa_type=Text, sa_column_kwargs=_EMPTY)
    templates: str = Field(sa_type=Text, sa_column_kwargs=_EMPTY)


class ScheduleRow(SQLModel, table=True):
    """What starts a workflow at which times; `schedule` is the domain's `Schedule` as JSON."""

    __tablename__ = "schedules"

    name: str = Field(primary_key=True)
    workflow_id: str
    schedule: str = Field(sa_type=Text)
    next_at: int | None = Field(sa_type=BigInteger, index=True)
    last_at: int | None = Field(sa_type=BigInteger)
    by_id: str | None
    by_name: str | None
    channel: str | None
    thread: str | None
    outcome: str = Field(sa_type=Text)


class WorkerRow(SQLModel, table=True):
    """A process that shares the work on PostgreSQL; `seen_at` is by the clock of the database."""

    __tablename__ = "workers"

    id: str = Field(primary_key=True)
    host: str
    pid: int
    started_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)


class ArtifactRow(SQLModel, table=True):
    """A large output by the hash of its bytes; used on PostgreSQL, on SQLite each is a file."""

    __tablename__ = "artifacts"

    id: str = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    content: bytes = Field(sa_type=LargeBinary)


def table(row: type[SQLModel]) -> Table:
    """Return the table behind a row class, for Core statements."""
    found: Any = row.__tablename__
    return SQLModel.metadata.tables[found]
