"""Preferences, watched runs, and notices that are held."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "preferences",
        sa.Column("owner", sa.String(), primary_key=True),
        sa.Column("chosen", sa.Text(), nullable=False),
    )
    op.create_table(
        "watches",
        sa.Column("subject", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
    )
    op.create_index("ix_watches_person", "watches", ["person"])
    op.create_table(
        "notices",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("target", sa.String(), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_until", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("batch", sa.String(), nullable=False),
    )
    op.create_index("notices_sent", "notices", ["target", "sent_at"])
    op.create_index("ix_notices_subject", "notices", ["subject"])
    op.create_index(
        "notices_due",
        "notices",
        ["due_at"],
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )


def downgrade() -> None:
    """Take them out again."""
    for name in ("notices", "watches", "preferences"):
        op.drop_table(name)
