"""An epoch a claim, so that what an earlier owner writes is refused; runs by parent; word of new versions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HAS_PARENT = sa.text("parent IS NOT NULL")
# A trigger, because also a process that hears and sends no notes may publish, such as the terminal.
_TELL = """
CREATE FUNCTION opstream_tell_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('opstream_published', '');
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Add the column, the index and, on PostgreSQL, the trigger."""
    op.add_column(
        "runs", sa.Column("epoch", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.create_index(
        "runs_by_parent", "runs", ["parent"], sqlite_where=_HAS_PARENT, postgresql_where=_HAS_PARENT
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_TELL)
        op.execute(
            "CREATE TRIGGER opstream_tell_published AFTER INSERT ON workflow_versions"
            " FOR EACH STATEMENT EXECUTE FUNCTION opstream_tell_published()"
        )


def downgrade() -> None:
    """Take them out again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER opstream_tell_published ON workflow_versions")
        op.execute("DROP FUNCTION opstream_tell_published()")
    op.drop_index("runs_by_parent", "runs")
    op.drop_column("runs", "epoch")
