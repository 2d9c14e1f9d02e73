"""What starts when; satisfies the port `ScheduleStore`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic_core import ValidationError
from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

from opstream.adapters.store import encoding
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Writer
from opstream.adapters.store.statements import compiled, storable
from opstream.adapters.store.tables import ScheduleRow, table
from opstream.adapters.store.times import moment_or_none, stored, stored_or_none
from opstream.domain.conversation import Place
from opstream.domain.person import Who
from opstream.domain.trigger import Schedule
from opstream.errors import StoreUnavailable
from opstream.ports import PlannedStart

_SCHEDULES = table(ScheduleRow)
_new = insert(_SCHEDULES)
_SAVE = compiled(
    _new.on_conflict_do_update(
        index_elements=["name"],
        set_={one.name: _new.excluded[one.name] for one in _SCHEDULES.c if one.name != "name"},
    )
)
_REMOVE = compiled(delete(_SCHEDULES).where(_SCHEDULES.c.name == bindparam("which")))
_SERIALIZER = encoding.serializer_of(Schedule)
_VALIDATOR = encoding.validator_of(encoding.schema_of(Schedule))


class SqlSchedules:
    """The planned starts of an install."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def save(self, planned: PlannedStart) -> None:
        """Insert or replace one by its name, durably."""
        await self._writer.execute(_SAVE, [_row(planned)])

    async def remove(self, name: str) -> bool:
        """Take one out; False when there is none."""
        return await self._writer.execute(_REMOVE, [{"which": name}]) == 1

    async def all(self) -> Sequence[PlannedStart]:
        """Return all, by name."""
        query = select(ScheduleRow).order_by(ScheduleRow.name)
        return await self._reader.read(lambda look: [_planned(row) for row in look.exec(query)])

    async def due(self, now: datetime) -> Sequence[PlannedStart]:
        """Return those whose `next_at` has come, the longest due first."""
        next_at = col(ScheduleRow.next_at)
        query = (
            select(ScheduleRow)
            .where(next_at <= stored(now))
            .order_by(next_at, col(ScheduleRow.name))
        )
        return await self._reader.read(lambda look: [_planned(row) for row in look.exec(query)])

    async def next_at(self) -> datetime | None:
        """Return the earliest `next_at`."""
        query = select(func.min(col(ScheduleRow.next_at)))
        return await self._reader.read(lambda look: moment_or_none(look.exec(query).one()))


def _row(planned: PlannedStart) -> dict[str, Any]:
    by, place = planned.by, planned.place
    return {
        "name": planned.name,
        "workflow_id": planned.workflow_id,
        "schedule": encoding.encode(_SERIALIZER, planned.schedule),
        "next_at": stored_or_none(planned.next_at),
        "last_at": stored_or_none(planned.last_at),
        "by_id": by.id if by else None,
        "by_name": storable(by.name) if by else None,
        "channel": place.channel if place else None,
        "thread": place.thread if place else None,
        "outcome": storable(planned.outcome),
    }


def _planned(row: ScheduleRow) -> PlannedStart:
    return PlannedStart(
        name=row.name,
        workflow_id=row.workflow_id,
        schedule=_schedule(row),
        next_at=moment_or_none(row.next_at),
        last_at=moment_or_none(row.last_at),
        by=None if row.by_id is None else Who(row.by_id, row.by_name or ""),
        place=None if row.channel is None else Place(row.channel, row.thread),
        outcome=row.outcome,
    )


def _schedule(row: ScheduleRow) -> Schedule:
    try:
        schedule: Schedule = _VALIDATOR.validate_json(row.schedule)
    except ValidationError as error:
        raise StoreUnavailable(
            f"The schedule `{row.name}` holds something that this version of OpStream does not "
            f"know ({encoding.fault_of(error)}). Run the version that wrote it, or a later one."
        ) from error
    return schedule
