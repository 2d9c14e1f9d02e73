"""Indexes that statistics need, and the one that finds the runs of a thread."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WAITS = "waits_for_person"
_INDEXES = (
    ("runs_waiting", "runs", ("status", "started_at", "id"), _WAITS),
    ("runs_ended", "runs", ("ended_at", "status", "workflow_id", "started_at"), "ended_at IS NOT NULL"),
    ("approvals_settled", "approvals", ("settled_at", "verdict", "asked_at", "run_id"), "settled_at IS NOT NULL"),
    ("runs_by_thread", "runs", ("channel", "thread", "status", "started_at", "id"), "thread IS NOT NULL"),
    ("facts_failed", "facts", ("at",), "kind = 'step_failed'"),
)  # fmt: skip


def upgrade() -> None:
    """Add them."""
    for name, table, columns, condition in _INDEXES:
        on_sqlite = f"{condition} = 1" if condition == _WAITS else condition
        op.create_index(
            name,
            table,
            columns,
            sqlite_where=sa.text(on_sqlite),
            postgresql_where=sa.text(condition),
        )


def downgrade() -> None:
    """Take them out again."""
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table)
