"""Who decides for whom while they are away, who answers for a run, and what lists of approvals need."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_IS_OPEN = sa.text("verdict = 'open'")
_EMPTY = sa.text("''")
_HANDED_OVER = sa.text("handed_to IS NOT NULL")


def upgrade() -> None:
    """Add the table and the columns; what is not known of open questions stands with their runs."""
    op.create_table(
        "delegations",
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("delegate", sa.String(), nullable=False),
        sa.Column("delegate_name", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_delegations_delegate", "delegations", ["delegate"])
    for column in (
        sa.Column("role", sa.String(), nullable=False, server_default=sa.text("'approver'")),
        sa.Column("asker_may", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("risk", sa.String(), nullable=False, server_default=sa.text("'medium'")),
        sa.Column("people", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("call", sa.Text(), nullable=False, server_default=_EMPTY),
        sa.Column("kind", sa.Text(), nullable=False, server_default=_EMPTY),
        sa.Column("likeness", sa.String(), nullable=False, server_default=_EMPTY),
        sa.Column("askers", sa.Text(), nullable=False, server_default=_EMPTY),
        sa.Column("asked", sa.Text(), nullable=False, server_default=_EMPTY),
        sa.Column("voters", sa.Text(), nullable=False, server_default=_EMPTY),
    ):
        op.add_column("approvals", column)
    op.execute(
        "UPDATE approvals SET askers = ',' || (SELECT by_id FROM runs WHERE runs.id = run_id) || ',',"
        " kind = (SELECT workflow_id FROM runs WHERE runs.id = run_id) || '\napprover\n'"
        " WHERE verdict = 'open'"
    )
    op.create_index(
        "approvals_open",
        "approvals",
        ["asked_at", "id", "kind"],
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )
    for name in ("handed_to", "handed_name"):
        op.add_column("runs", sa.Column(name, sa.String(), nullable=True))
    op.create_index(
        "runs_by_taker",
        "runs",
        ["handed_to", "status", "started_at", "id"],
        sqlite_where=_HANDED_OVER,
        postgresql_where=_HANDED_OVER,
    )


def downgrade() -> None:
    """Take them out again."""
    op.drop_index("runs_by_taker", "runs")
    for name in ("handed_name", "handed_to"):
        op.drop_column("runs", name)
    op.drop_index("approvals_open", "approvals")
    for name in (
        "voters",
        "asked",
        "askers",
        "likeness",
        "kind",
        "call",
        "people",
        "risk",
        "asker_may",
        "role",
    ):
        op.drop_column("approvals", name)
    op.drop_table("delegations")
