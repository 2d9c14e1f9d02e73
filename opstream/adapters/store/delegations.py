"""Who is away, and who decides for them; satisfies the port `DelegationStore`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from opstream.adapters.store import audit
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import compiled, storable
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_people import DelegationRow
from opstream.adapters.store.times import moment, stored
from opstream.domain.audit import AuditEntry
from opstream.domain.open_approval import Delegation
from opstream.domain.person import Who

_DELEGATIONS = table(DelegationRow)
_new = insert(_DELEGATIONS)
_SAVE = compiled(
    _new.on_conflict_do_update(
        index_elements=["person"],
        set_={one.name: _new.excluded[one.name] for one in _DELEGATIONS.c if not one.primary_key},
    )
)
_REMOVE = compiled(delete(_DELEGATIONS).where(_DELEGATIONS.c.person == bindparam("who")))


class SqlDelegations:
    """One row for each person who is away."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def save(self, delegation: Delegation, entry: AuditEntry) -> None:
        """Insert or replace one by its person, durably, with its line of the audit trail."""
        delegate = delegation.delegate or Who("", "")
        row = {
            "person": delegation.person.id,
            "name": storable(delegation.person.name),
            "delegate": delegate.id,
            "delegate_name": storable(delegate.name),
            "since": stored(delegation.since),
            "until": stored(delegation.until),
        }

        def unit(session: Session) -> None:
            session.execute(_SAVE, row)
            audit.append((entry,), session.execute)

        await self._writer.change(unit)

    async def remove(self, person: str, entry: AuditEntry) -> bool:
        """Take one out, durably, with its line of the audit trail; False when there is none."""
        query = select(DelegationRow).where(DelegationRow.person == person)
        if not await self._reader.read(lambda look: look.exec(query).first()):
            return False

        def unit(session: Session) -> None:
            session.execute(_REMOVE, {"who": person})
            audit.append((entry,), session.execute)

        await self._writer.change(unit)
        return True

    async def of(self, person: str, now: datetime) -> Delegation | None:
        """Return the one of a person who is away now, or None."""
        query = select(DelegationRow).where(
            DelegationRow.person == person, col(DelegationRow.until) > stored(now)
        )
        row = await self._reader.read(lambda look: look.exec(query).first())
        return _delegation(row) if row else None

    async def all(self, now: datetime) -> Sequence[Delegation]:
        """Return everybody who is away now, by their ids."""
        query = (
            select(DelegationRow)
            .where(col(DelegationRow.until) > stored(now))
            .order_by(DelegationRow.person)
        )
        return await self._reader.read(lambda look: [_delegation(row) for row in look.exec(query)])

    async def to(self, delegate: str, now: datetime) -> Sequence[Delegation]:
        """Return those of whom somebody decides now, by the ids of who is away."""
        query = (
            select(DelegationRow)
            .where(DelegationRow.delegate == delegate, col(DelegationRow.until) > stored(now))
            .order_by(DelegationRow.person)
        )
        return await self._reader.read(lambda look: [_delegation(row) for row in look.exec(query)])


def _delegation(row: DelegationRow) -> Delegation:
    delegate = Who(row.delegate, row.delegate_name) if row.delegate else None
    return Delegation(Who(row.person, row.name), delegate, moment(row.since), moment(row.until))
