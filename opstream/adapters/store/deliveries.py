"""Deliveries taken up; satisfies the port `DeliveryStore`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import DeliveryRow, table
from opstream.adapters.store.times import stored

_LAST_CHARACTER = "\U0010ffff"
_DELIVERIES = table(DeliveryRow)
_NOTE = compiled(insert(_DELIVERIES).on_conflict_do_nothing())


class SqlDeliveries:
    """Knows a delivery that comes twice, until retention removes it."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def first_time(self, key: str, at: datetime) -> bool:
        """Note a delivery and return whether it is new."""
        row = {"key": key, "at": stored(at)}

        def note(session: Session) -> bool:
            return session.execute(_NOTE, row).rowcount == 1

        return await self._writer.change(note)

    async def noted(self, beginning: str) -> Sequence[str]:
        """Return the keys that were noted and begin like this, in order."""
        key = col(DeliveryRow.key)
        query = select(key).where(key.between(beginning, beginning + _LAST_CHARACTER)).order_by(key)
        return await self._reader.read(lambda session: session.exec(query).all())
