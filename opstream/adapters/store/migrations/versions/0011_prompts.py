"""Prompt templates, every version of them, and which of them a version of a workflow uses."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "prompt_versions",
        sa.Column("template_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("template_id", "version"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE prompt_versions ALTER COLUMN template_id TYPE VARCHAR COLLATE "C"')
    op.add_column(
        "workflow_versions",
        sa.Column("templates", sa.Text(), nullable=False, server_default=sa.text("''")),
    )


def downgrade() -> None:
    """Take them out again."""
    op.drop_column("workflow_versions", "templates")
    op.drop_table("prompt_versions")
