"""Connections of one's own to PostgreSQL, beside those of the store: to listen, to be elected, to tell."""

from datetime import timedelta

from psycopg import AsyncConnection

from opstream.adapters.store.postgres.connecting import conninfo


async def connect(url: str, name: str, silence: timedelta) -> AsyncConnection:
    """Open a connection in which every statement stands for itself; arguments as `conninfo`.

    Raises:
        psycopg.OperationalError: the server cannot be reached, or refuses.
    """
    return await AsyncConnection.connect(conninfo(url, name, silence), autocommit=True)
