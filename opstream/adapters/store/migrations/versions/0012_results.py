"""Outputs of operations that are kept for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what keeps them, and what counts the calls that they save."""
    op.create_table(
        "results",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("artifact", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("ix_results_source", "results", ["source"])
    op.create_index("results_by_age", "results", ["at", "key"])
    op.create_index("results_by_end", "results", ["until", "key"])
    op.create_table(
        "saved_calls",
        sa.Column("day", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("operation", sa.String(), primary_key=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take it out again."""
    op.drop_table("saved_calls")
    op.drop_table("results")
