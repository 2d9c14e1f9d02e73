"""Something that is read and written in one transaction, by one process at a time."""

import time
from typing import Any

from psycopg import Connection, errors

from opstream.adapters.store.postgres import locks
from opstream.adapters.store.session import Answer, Unit
from opstream.adapters.store.statements import Row, Statement

_STATUS = "SELECT pg_xact_status(%s::xid8)"
_LOOK_AGAIN_SECONDS = 0.05


class _Session:
    """The transaction as the stores know it."""

    def __init__(self, connection: "Connection[Any]") -> None:
        self._connection = connection

    def execute(self, statement: Statement, row: Row) -> Answer:
        """Execute a statement."""
        return self._connection.execute(statement.postgresql.encode(), dict(row))


class Change:
    """A unit, and what is known of the transaction in which it was done last."""

    def __init__(self, unit: Unit[Any]) -> None:
        self._unit = unit
        self._transaction: str | None = None
        self._result: Any = None

    def write(self, connection: "Connection[Any]") -> object:
        """Do it, durably, unless it was done when the connection broke; return what it returns."""
        if self._transaction is not None and self._stands(connection, self._transaction):
            return self._result
        self._transaction = None
        connection.execute("BEGIN")
        connection.execute(locks.LOCK, ([locks.TURN],))
        [transaction] = connection.execute("SELECT pg_current_xact_id()::text").fetchone() or ("",)
        self._result = self._unit(_Session(connection))
        self._transaction = transaction
        connection.execute("COMMIT")
        return self._result

    @staticmethod
    def _stands(connection: "Connection[Any]", transaction: str) -> bool:
        while True:
            try:
                [status] = connection.execute(_STATUS, (transaction,)).fetchone() or (None,)
            except errors.InvalidParameterValue:  # of the future: the server forgot it as it died
                return False
            if status != "in progress":
                return bool(status == "committed")
            time.sleep(_LOOK_AGAIN_SECONDS)
