"""Roles that admins gave or took; satisfies the port `RoleStore`."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from opstream.adapters.store import audit
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import Row, Statement, compiled, storable
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_people import RoleRow
from opstream.adapters.store.times import moment, stored
from opstream.domain.audit import AuditEntry
from opstream.domain.person import GivenRole, Role, Who

_ROLES = table(RoleRow)
_new = insert(_ROLES)
_SAVE = compiled(
    _new.on_conflict_do_update(
        index_elements=["person", "role"],
        set_={one.name: _new.excluded[one.name] for one in _ROLES.c if not one.primary_key},
    )
)
_REMOVE = compiled(
    delete(_ROLES).where(_ROLES.c.person == bindparam("who"), _ROLES.c.role == bindparam("which"))
)


class SqlGivenRoles:
    """Rows beside `config/roles.yaml`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def all(self) -> Sequence[GivenRole]:
        """Return all of them, by person and role."""
        query = select(RoleRow).order_by(col(RoleRow.person), col(RoleRow.role))
        return await self._reader.read(lambda look: [_given(row) for row in look.exec(query)])

    async def save(self, given: GivenRole, entry: AuditEntry) -> None:
        """Insert or replace one, durably, with its line of the audit trail."""
        row = {
            "person": given.person,
            "role": given.role.value,
            "held": given.held,
            "at": stored(given.at),
            "by_id": given.by.id,
            "by_name": storable(given.by.name),
        }
        await self._write(_SAVE, row, entry)

    async def remove(self, person: str, role: Role, entry: AuditEntry) -> None:
        """Take one out, durably, with its line of the audit trail."""
        await self._write(_REMOVE, {"who": person, "which": role.value}, entry)

    async def _write(self, statement: Statement, row: Row, entry: AuditEntry) -> None:
        def unit(session: Session) -> None:
            session.execute(statement, row)
            audit.append((entry,), session.execute)

        await self._writer.change(unit)


def _given(row: RoleRow) -> GivenRole:
    by = Who(row.by_id, row.by_name)
    return GivenRole(row.person, Role(row.role), row.held, moment(row.at), by)
