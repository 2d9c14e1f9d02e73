"""Deliveries taken up; satisfies the port `DeliveryStore`."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.postgresql import insert

from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import DeliveryRow, table
from opstream.adapters.store.times import stored

# Slack repeats an event for about an hour; other senders for a day or two.
_REMEMBERED_FOR = timedelta(days=7)

_DELIVERIES = table(DeliveryRow)
_NOTE = compiled(insert(_DELIVERIES).on_conflict_do_nothing())
_FORGET = compiled(delete(_DELIVERIES).where(_DELIVERIES.c.at < bindparam("before")))


class SqlDeliveries:
    """Knows a delivery that comes twice, for a week."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def first_time(self, key: str, at: datetime) -> bool:
        """Note a delivery and return whether it is new."""
        row = {"key": key, "at": stored(at)}
        old = {"before": stored(at - _REMEMBERED_FOR)}

        def note(session: Session) -> bool:
            session.execute(_FORGET, old)
            return session.execute(_NOTE, row).rowcount == 1

        return await self._writer.change(note)
