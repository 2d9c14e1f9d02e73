"""What Alembic runs to migrate: on the connection and in the transaction that `migrate.py` gives it."""

from alembic import context
from sqlmodel import SQLModel

from opstream.adapters.store import tables_of_memory, tables_of_models, tables_of_people

# Importing them has filled it.
assert tables_of_people.AuditRow.metadata is SQLModel.metadata
assert tables_of_memory.MemoryRow.metadata is SQLModel.metadata
assert tables_of_models.UsageRow.metadata is SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
