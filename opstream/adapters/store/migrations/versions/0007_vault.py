"""The encrypted store."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "sealed",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE sealed ALTER COLUMN name TYPE VARCHAR COLLATE "C"')


def downgrade() -> None:
    """Take it out again."""
    op.drop_table("sealed")
