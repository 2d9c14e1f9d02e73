"""The first schema: runs and their facts, approvals, postings, deliveries, workflows, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ENDED = sa.text("ended_at IS NOT NULL")
_ASLEEP = sa.text("wake_at IS NOT NULL")
_WITH_WORK = sa.text("has_work = 1")
_WITH_WORK_ON_POSTGRESQL = sa.text("has_work")
_NOT_SHOWN = sa.text("shown_version < version")


def upgrade() -> None:
    """Make all tables."""
    _runs()
    _facts()
    _approvals()
    _step_times()
    _postings()
    _deliveries()
    _workflow_versions()
    _audit()


def downgrade() -> None:
    """Drop all tables; what refers to runs goes first."""
    for table in (
        "audit",
        "workflow_versions",
        "deliveries",
        "postings",
        "step_times",
        "approvals",
        "facts",
        "runs",
    ):
        op.drop_table(table)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("workflow_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wake_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.Column("waits_for_person", sa.Boolean(), nullable=False),
        sa.Column("has_work", sa.Boolean(), nullable=False),
    )
    newest = ["status", "started_at", "id"]
    op.create_index("runs_by_status", "runs", newest)
    op.create_index("runs_by_starter", "runs", ["by_id", *newest, "workflow_id"])
    op.create_index("runs_by_workflow", "runs", ["workflow_id", *newest, "by_id"])
    _partial("runs_by_end", ["workflow_id", "ended_at"], _ENDED, _ENDED)
    _partial("runs_asleep", ["wake_at"], _ASLEEP, _ASLEEP)
    _partial("runs_with_work", ["id"], _WITH_WORK, _WITH_WORK_ON_POSTGRESQL)
    _partial("runs_not_shown", ["id"], _NOT_SHOWN, _NOT_SHOWN)


def _partial(
    name: str, columns: list[str], on_sqlite: sa.TextClause, on_postgresql: sa.TextClause
) -> None:
    op.create_index(name, "runs", columns, sqlite_where=on_sqlite, postgresql_where=on_postgresql)


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("run_id", sa.String(), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "seq"),
        sqlite_with_rowid=False,
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("run_id", sa.String(), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
    )
    op.create_index("ix_approvals_run_id", "approvals", ["run_id"])


def _step_times() -> None:
    op.create_table(
        "step_times",
        sa.Column("run_id", sa.String(), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "step"),
        sqlite_with_rowid=False,
    )


def _postings() -> None:
    op.create_table(
        "postings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_postings_run_id", "postings", ["run_id"])
    op.create_index("postings_by_message", "postings", ["channel", "ts"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_deliveries_at", "deliveries", ["at"])


def _workflow_versions() -> None:
    op.create_table(
        "workflow_versions",
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workflow_id", "version"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
