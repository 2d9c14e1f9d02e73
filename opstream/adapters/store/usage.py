"""What models took, and what that cost; satisfies the port `UsageStore`.

Each answer is a row of its own, so that one that is noted twice counts once. Sums are made by the database.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import compiled, storable
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_models import UsageRow
from opstream.adapters.store.times import stored
from opstream.domain.prompt import Usage
from opstream.ports import Spent

_MICROS = 1_000_000
USAGE = table(UsageRow)
_OF_RUNS = USAGE.c.run_id != literal_column("''")  # written out: only so does it find its index
_NOTE = compiled(insert(USAGE).on_conflict_do_nothing())
_RENAME = compiled(
    update(USAGE).where(USAGE.c.person == bindparam("who")).values(person=bindparam("pseudonym"))
)
_SUMS = (
    func.count(),
    *(
        func.coalesce(func.sum(column), 0)
        for column in (USAGE.c.tokens_in, USAGE.c.tokens_out, USAGE.c.micros, USAGE.c.saved)
    ),
)


class SqlUsage:
    """Keeps count."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def record(self, usage: Usage) -> None:
        """Keep one, durably; one with a key that is there already changes nothing."""
        await self._writer.execute(_NOTE, [_row(usage)])

    async def spent(
        self, *, since: datetime | None = None, run: str = "", person: str = ""
    ) -> Spent:
        """Return what was spent in all, by a run or for a person where they are named."""
        conditions: list[ColumnElement[bool]] = []
        if since is not None:
            conditions.append(USAGE.c.at >= stored(since))
        if run:
            conditions += [USAGE.c.run_id == run, _OF_RUNS]
        if person:
            conditions.append(USAGE.c.person == person)
        query = select(*_SUMS).where(*conditions)
        row = await self._reader.read(lambda look: look.connection().execute(query).one())
        return _spent(*row)

    async def by_model(self, since: datetime) -> Mapping[str, Spent]:
        """Return what was spent since a time, by the name of the model."""
        query = (
            select(USAGE.c.model, *_SUMS)
            .where(USAGE.c.at >= stored(since))
            .group_by(USAGE.c.model)
            .order_by(USAGE.c.model)
        )
        rows = await self._reader.read(lambda look: look.connection().execute(query).all())
        return {model: _spent(*sums) for model, *sums in rows}


def forget(session: Session, person: str, pseudonym: str) -> int:
    """Put a pseudonym in the place of a person; return how many rows were changed."""
    return session.execute(_RENAME, {"who": person, "pseudonym": pseudonym}).rowcount


def _row(usage: Usage) -> dict[str, Any]:
    purpose, cost = usage.purpose, usage.cost
    return {
        "key": storable(usage.key),
        "at": stored(usage.at),
        "task": storable(purpose.task),
        "run_id": storable(purpose.run),
        "step": storable(purpose.step),
        "person": storable(purpose.person),
        "model": storable(usage.model),
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "micros": None if cost is None else round(cost * _MICROS),
        "saved": usage.saved,
    }


def _spent(answers: Any, tokens_in: Any, tokens_out: Any, micros: Any, saved: Any) -> Spent:  # noqa: ANN401 - what a driver gives for a sum
    return Spent(int(answers), int(tokens_in), int(tokens_out), int(micros) / _MICROS, int(saved))
