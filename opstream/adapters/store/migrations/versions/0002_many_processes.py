"""What many processes need, and what the grown language does: claims, letters, schedules, artifacts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WITH_NEWS = sa.text("has_news = 1")
_WITH_NEWS_ON_POSTGRESQL = sa.text("has_news")
_NOT_SHOWN = sa.text("shown_version < version")
_QUEUED = sa.text("status = 'queued'")

# Names are compared and put in order byte by byte, as SQLite does it, whatever the language of the
# database: else a page of a list would depend on it.
_NAMES = {
    "runs": ("id", "workflow_id", "status", "by_id", "parent", "owner"),
    "facts": ("run_id",),
    "approvals": ("id", "run_id", "step"),
    "waits": ("run_id", "step", "topic"),
    "step_times": ("run_id", "step", "workflow_id"),
    "postings": ("key", "run_id", "channel", "thread", "ts"),
    "deliveries": ("key",),
    "workflow_versions": ("workflow_id", "digest", "file"),
    "audit": ("subject",),
    "schedules": ("name", "workflow_id"),
    "workers": ("id",),
    "artifacts": ("id",),
}


def upgrade() -> None:
    """Add the columns and tables."""
    _runs()
    op.add_column("workflow_versions", sa.Column("by_id", sa.String(), nullable=True))
    op.add_column("workflow_versions", sa.Column("by_name", sa.String(), nullable=True))
    op.add_column(
        "workflow_versions",
        sa.Column("why", sa.Text(), nullable=False, server_default=sa.text("''")),
    )
    _waits()
    _schedules()
    _workers()
    _artifacts()
    if op.get_bind().dialect.name == "postgresql":
        _compare_names_by_bytes()
        # Room on each page, so that a run that moves on stays where it is and no index is renewed.
        op.execute("ALTER TABLE runs SET (fillfactor = 60)")


def downgrade() -> None:
    """Take them out again; names stay compared as they are."""
    for table in ("artifacts", "workers", "schedules", "waits"):
        op.drop_table(table)
    for index in ("runs_with_news", "runs_queued"):
        op.drop_index(index, "runs")
    with op.batch_alter_table("workflow_versions") as versions:
        for column in ("by_id", "by_name", "why"):
            versions.drop_column(column)
    for column in ("has_news", "priority", "parent", "owner"):
        op.drop_column("runs", column)
    op.create_index(
        "runs_not_shown", "runs", ["id"], sqlite_where=_NOT_SHOWN, postgresql_where=_NOT_SHOWN
    )


def _runs() -> None:
    op.add_column(
        "runs", sa.Column("has_news", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "runs", sa.Column("priority", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("runs", sa.Column("parent", sa.String(), nullable=True))
    op.add_column("runs", sa.Column("owner", sa.String(), nullable=True))
    op.execute("UPDATE runs SET has_news = (shown_version < version)")
    op.drop_index("runs_not_shown", "runs")
    op.create_index(
        "runs_with_news",
        "runs",
        ["id"],
        sqlite_where=_WITH_NEWS,
        postgresql_where=_WITH_NEWS_ON_POSTGRESQL,
    )
    op.create_index(
        "runs_queued",
        "runs",
        ["workflow_id", "priority", "started_at", "id"],
        sqlite_where=_QUEUED,
        postgresql_where=_QUEUED,
    )


def _waits() -> None:
    op.create_table(
        "waits",
        sa.Column("run_id", sa.String(), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "step"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_waits_topic", "waits", ["topic"])


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
    )
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
    )


def _artifacts() -> None:
    op.create_table(
        "artifacts",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def _compare_names_by_bytes() -> None:
    for table, columns in _NAMES.items():
        changes = (f'ALTER COLUMN {column} TYPE VARCHAR COLLATE "C"' for column in columns)
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}")
