"""The audit trail: append-only, each entry sealed with the hash of the one before.

Whoever changes, removes or inserts an entry breaks the chain from there on. The chain is computed inside
the writer's transaction, where nobody else can append.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import col
from sqlmodel import select as select_rows

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Answer, Writer
from opstream.adapters.store.statements import Row, Statement, compiled, storable
from opstream.adapters.store.tables import AuditRow, table
from opstream.adapters.store.times import moment, stored
from opstream.domain.audit import AuditEntry
from opstream.domain.person import Who

BEGINNING = (0, "0" * 64)
_AUDIT = table(AuditRow)
_INSERT = compiled(insert(_AUDIT))
LAST = compiled(
    select(_AUDIT.c.seq, _AUDIT.c.hash).where(
        _AUDIT.c.seq == select(func.max(_AUDIT.c.seq)).scalar_subquery()
    )
)
"""Gives the number and the seal of the newest entry, or no row."""


def append(entries: Sequence[AuditEntry], execute: Callable[[Statement, Row], Answer]) -> None:
    """Append entries to the trail, within the transaction of what they tell about."""
    if entries:
        last = execute(LAST, {}).fetchone() or BEGINNING
        for row in sealed(entries, last):
            execute(_INSERT, row)


def sealed(entries: Iterable[AuditEntry], last: tuple[int, str]) -> list[dict[str, Any]]:
    """Return entries as the rows that follow the last one."""
    rows = []
    seq, previous = last
    for entry in entries:
        seq += 1
        row = {**_columns(entry), "seq": seq, "previous": previous}
        previous = _seal(row)
        rows.append({**row, "hash": previous})
    return rows


def _columns(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": stored(entry.at),
        "by_id": entry.by.id,
        "by_name": storable(entry.by.name),
        "deed": entry.deed,
        "subject": storable(entry.subject),
        "detail": storable(entry.detail),
        "outcome": entry.outcome,
    }


def _seal(row: dict[str, Any]) -> str:
    """Return the hash of an entry and the seal before it; keys are sorted, so order does not count."""
    return sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


class SqlAudit:
    """The trail; satisfies the port `AuditTrail`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def record(self, entry: AuditEntry) -> None:
        """Append an entry, durably."""
        await self._writer.change(lambda session: append((entry,), session.execute))

    async def of_subject(self, subject: str) -> Sequence[AuditEntry]:
        """Return what was done to a subject, such as a run, oldest first."""
        query = select_rows(AuditRow).where(AuditRow.subject == subject).order_by(col(AuditRow.seq))
        return await self._reader.read(lambda session: [_entry(row) for row in session.exec(query)])

    async def first_broken(self) -> int | None:
        """Return the number of the first entry that does not fit the ones before; None if all do."""
        return await self._reader.read(
            lambda session: _first_broken(
                session.exec(select_rows(AuditRow).order_by(col(AuditRow.seq)))
            )
        )


def _entry(row: AuditRow) -> AuditEntry:
    by = Who(row.by_id, row.by_name)
    return AuditEntry(moment(row.at), by, row.deed, row.subject, row.detail, row.outcome)


def _first_broken(rows: Iterable[AuditRow]) -> int | None:
    _, previous = BEGINNING
    for expected, row in enumerate(rows, start=1):
        sealed = row.model_dump(exclude={"hash"})
        if (row.seq, row.previous, row.hash) != (expected, previous, _seal(sealed)):
            return row.seq
        previous = row.hash
    return None
