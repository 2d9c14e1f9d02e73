"""Several processes on one PostgreSQL; here each is a database object with its own connections."""

from datetime import timedelta

import psycopg

from opstream.adapters.store.postgres.database import PostgresDatabase


async def process(url: str, me: str, **how) -> PostgresDatabase:
    patience = how.pop("patience", timedelta(seconds=10))
    database = await PostgresDatabase.open(url, me=me, patience=patience, **how)
    await database.workers.beat()
    return database


def ask(url: str, query: str, *values):
    """Ask the server something, past all of our code."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(query, values)
        return found.fetchall() if found.description else None
