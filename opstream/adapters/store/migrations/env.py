"""What Alembic runs to migrate: on the connection and in the transaction that `migrate.py` gives it."""

from alembic import context
from sqlmodel import SQLModel

from opstream.adapters.store import tables_of_people

assert tables_of_people.AuditRow.metadata is SQLModel.metadata  # importing them has filled it

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
