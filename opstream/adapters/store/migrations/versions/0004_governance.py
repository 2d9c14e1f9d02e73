"""Roles given in the chat, and what retention and forgetting need."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add roles, the ends of the trail, and what seals personal data apart."""
    op.create_table(
        "roles",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("role", sa.String(), primary_key=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
    )
    op.create_table(
        "audit_marks",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.execute(
        "INSERT INTO audit_marks (name, seq, hash) "
        "SELECT 'head', seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
    )
    op.add_column("audit", sa.Column("personal", sa.String(), nullable=True))
    op.add_column("audit", sa.Column("salt", sa.String(), nullable=True))
    op.add_column(
        "artifacts", sa.Column("at", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    if op.get_bind().dialect.name == "postgresql":  # as of 0003: other processes look it up at once
        op.execute(
            "CREATE TRIGGER opstream_tell_roles AFTER INSERT OR UPDATE OR DELETE ON roles"
            " FOR EACH STATEMENT EXECUTE FUNCTION opstream_tell_published()"
        )


def downgrade() -> None:
    """Take them out; entries written since then lose what proves them."""
    op.drop_column("artifacts", "at")
    op.drop_column("audit", "salt")
    op.drop_column("audit", "personal")
    op.drop_table("audit_marks")
    op.drop_table("roles")
