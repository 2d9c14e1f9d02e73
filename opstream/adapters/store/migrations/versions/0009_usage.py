"""What models were asked, and what that cost."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OF_RUNS = sa.text("run_id <> ''")


def upgrade() -> None:
    """Add it."""
    op.create_table(
        "usage",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=True),
        sa.Column("saved", sa.BigInteger(), nullable=False),
    )
    op.create_index(
        "usage_by_time", "usage", ["at", "model", "tokens_in", "tokens_out", "micros", "saved"]
    )
    op.create_index(
        "usage_by_run",
        "usage",
        ["run_id"],
        sqlite_where=_OF_RUNS,
        postgresql_where=_OF_RUNS,
    )
    op.create_index("usage_by_person", "usage", ["person", "at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE usage ALTER COLUMN key TYPE VARCHAR COLLATE "C"')


def downgrade() -> None:
    """Take it out again."""
    op.drop_table("usage")
