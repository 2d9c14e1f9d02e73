"""Preferences, watches and notices on their way; satisfies the port `NoticeStore`.

A batch is written down before it is sent (`take`): after a crash the same notices make the same message, so
that it can be looked for before it is sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic_core import ValidationError
from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

from opstream.adapters.store import encoding
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import compiled, storable
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_people import NoticeRow, PreferenceRow, WatchRow
from opstream.adapters.store.times import moment, moment_or_none, stored
from opstream.domain.notification import Dispatch, Preferences, Standing
from opstream.errors import OpStreamError, StoreUnavailable
from opstream.ports.notifying import Batch

_MOST_DUE = 500
_OPEN = frozenset({Standing.HELD, Standing.DIGEST})
_NOTICES, _WATCHES, _PREFERENCES = table(NoticeRow), table(WatchRow), table(PreferenceRow)
_prefer = insert(_PREFERENCES)
_PREFER = compiled(
    _prefer.on_conflict_do_update(
        index_elements=["owner"], set_={"chosen": _prefer.excluded["chosen"]}
    )
)
_WATCH = compiled(insert(_WATCHES).on_conflict_do_nothing())
_UNWATCH = compiled(
    delete(_WATCHES).where(
        _WATCHES.c.subject == bindparam("which"), _WATCHES.c.person == bindparam("who")
    )
)
_ADD = compiled(insert(_NOTICES).on_conflict_do_nothing())
_this = (_NOTICES.c.key == bindparam("which"), _NOTICES.c.target == bindparam("whither"))
_TAKE = compiled(
    update(_NOTICES)
    .where(*_this, _NOTICES.c.is_open, _NOTICES.c.taken_until <= bindparam("now"))
    .values({"batch": bindparam("into"), "taken_until": bindparam("until"), "body": bindparam("b")})
)
_FREE = compiled(
    update(_NOTICES)
    .where(_NOTICES.c.is_open, _NOTICES.c.taken_until > bindparam("nobody"))
    .values({"taken_until": bindparam("nobody")})
)
_SETTLE = compiled(
    update(_NOTICES)
    .where(*_this)
    .values(
        {
            "is_open": bindparam("opened"),
            "due_at": bindparam("due"),
            "sent_at": bindparam("sent"),
            "batch": bindparam("into"),
            "taken_until": bindparam("free"),
            "body": bindparam("b"),
        }
    )
)


class _TakenMeanwhile(OpStreamError):
    """Somebody else was faster; undoes what was taken so far."""


class SqlNotices:
    """What is kept about notices."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def preferences(self, owners: Sequence[str]) -> Mapping[str, Preferences]:
        """Return what people and channels have chosen, by their id."""
        query = select(PreferenceRow).where(col(PreferenceRow.owner).in_(list(owners)))
        rows = await self._reader.read(lambda look: look.exec(query).all())
        return {row.owner: _read(_CHOSEN, row.chosen, row.owner) for row in rows}

    async def prefer(self, owner: str, chosen: Preferences) -> None:
        """Keep what somebody chose, durably."""
        row = {"owner": owner, "chosen": _written(_CHOOSING, chosen)}
        await self._writer.execute(_PREFER, [row])

    async def watch(self, subject: str, person: str) -> bool:
        """Note that a person watches a run or a workflow; False when they do already."""
        return await self._writer.execute(_WATCH, [{"subject": subject, "person": person}]) == 1

    async def unwatch(self, subject: str, person: str) -> bool:
        """Note that a person watches it no more; False when they did not."""
        return await self._writer.execute(_UNWATCH, [{"which": subject, "who": person}]) == 1

    async def watchers(self, subjects: Sequence[str]) -> Sequence[str]:
        """Return who watches any of some runs and workflows, in order."""
        query = (
            select(WatchRow.person)
            .where(col(WatchRow.subject).in_(list(subjects)))
            .distinct()
            .order_by(WatchRow.person)
        )
        return await self._reader.read(lambda look: look.exec(query).all())

    async def subjects(self) -> Sequence[str]:
        """Return all that anybody watches, in order."""
        query = select(WatchRow.subject).distinct().order_by(WatchRow.subject)
        return await self._reader.read(lambda look: look.exec(query).all())

    async def watched(self, person: str) -> Sequence[str]:
        """Return what a person watches, in order."""
        query = select(WatchRow.subject).where(WatchRow.person == person).order_by(WatchRow.subject)
        return await self._reader.read(lambda look: look.exec(query).all())

    async def add(self, dispatches: Sequence[Dispatch]) -> int:
        """Keep those that are new by the key of their notice and their target; return how many were."""

        def note(session: Session) -> int:
            return sum(session.execute(_ADD, _row(one)).rowcount for one in dispatches)

        return await self._writer.change(note) if dispatches else 0

    async def open_batches(self, now: datetime) -> Sequence[Batch]:
        """Return what is due and in nobody's hands."""
        query = (
            select(NoticeRow)
            .where(
                col(NoticeRow.is_open),
                NoticeRow.due_at <= stored(now),
                NoticeRow.taken_until <= stored(now),
            )
            .order_by(col(NoticeRow.due_at), col(NoticeRow.at), NoticeRow.key)
            .limit(_MOST_DUE)
        )
        rows = await self._reader.read(lambda look: look.exec(query).all())
        return _batches(rows)

    async def take(self, batch: Batch, now: datetime, until: datetime) -> bool:
        """Take a batch into one's hands for a while; False when somebody else was faster."""
        rows = [
            {
                "which": one.notice.key,
                "whither": one.target.id,
                "now": stored(now),
                "until": stored(until),
                "into": batch.key,
                "b": _written(_DISPATCHING, replace(one, tries=one.tries + 1)),
            }
            for one in batch.parts
        ]

        def note(session: Session) -> None:
            if any(session.execute(_TAKE, row).rowcount != 1 for row in rows):
                raise _TakenMeanwhile(batch.key)

        try:
            await self._writer.change(note)
        except _TakenMeanwhile:
            return False
        return True

    async def settle(
        self, batch: Batch, standing: Standing, at: datetime, due_at: datetime, why: str
    ) -> None:
        """Note what became of a batch; one that is held or gathered still is due again later."""
        opened = standing in _OPEN
        rows: list[dict[str, Any]] = [
            {
                "which": one.notice.key,
                "whither": one.target.id,
                "opened": opened,
                "free": 0,
                "due": stored(due_at),
                "sent": stored(at) if standing is Standing.SENT else None,
                "into": "" if opened and not batch.again else batch.key,
                "b": _written(
                    _DISPATCHING, replace(one, standing=standing, due_at=due_at, why=why)
                ),
            }
            for one in batch.parts
        ]

        def note(session: Session) -> None:
            for row in rows:
                session.execute(_SETTLE, row)

        await self._writer.change(note)

    async def sent_since(self, target: str, since: datetime) -> Sequence[datetime]:
        """Return when messages were sent to a target after a moment."""
        query = (
            select(NoticeRow.sent_at)
            .where(NoticeRow.target == target, col(NoticeRow.sent_at) > stored(since))
            .group_by(NoticeRow.batch, col(NoticeRow.sent_at))
            .order_by(col(NoticeRow.sent_at))
        )
        found = await self._reader.read(lambda look: look.exec(query).all())
        return [moment(one) for one in found if one is not None]

    async def told(self, subject: str) -> Sequence[Dispatch]:
        """Return what was told, or not, about a run, oldest first."""
        query = (
            select(NoticeRow)
            .where(NoticeRow.subject == subject)
            .order_by(col(NoticeRow.at), NoticeRow.key, NoticeRow.target)
        )
        rows = await self._reader.read(lambda look: look.exec(query).all())
        return [_dispatch(row) for row in rows]

    async def last(self, begins: str) -> Dispatch | None:
        """Return the newest notice whose key begins with a text, on its way to any target."""
        query = (
            select(NoticeRow)
            .where(col(NoticeRow.key).startswith(begins, autoescape=True))
            .order_by(col(NoticeRow.at).desc(), col(NoticeRow.key).desc())
            .limit(1)
        )
        row = await self._reader.read(lambda look: look.exec(query).first())
        return None if row is None else _dispatch(row)

    async def free(self) -> None:
        """Take all out of the hands of a process that is gone; for whoever is sure that it is alone."""
        held = select(NoticeRow.key).where(col(NoticeRow.is_open), NoticeRow.taken_until > 0)
        if await self._reader.read(lambda look: look.exec(held.limit(1)).first()):
            await self._writer.execute(_FREE, [{"nobody": 0}])

    async def next_due(self) -> datetime | None:
        """Return when something is due next; what is in somebody's hands, when it leaves them."""
        due, taken = NoticeRow.due_at, NoticeRow.taken_until
        free = select(func.min(due)).where(col(NoticeRow.is_open), taken == 0)
        held = select(func.min(taken)).where(col(NoticeRow.is_open), taken > 0)
        moments = await self._reader.read(
            lambda look: [look.exec(free).one(), look.exec(held).one()]
        )
        return min((one for one in map(moment_or_none, moments) if one), default=None)


def _batches(rows: Sequence[NoticeRow]) -> list[Batch]:
    """Return rows as messages: what was begun before as it was, what is critical by itself."""
    found: dict[tuple[str, str], list[tuple[NoticeRow, Dispatch]]] = {}
    for row in rows:
        one = _dispatch(row)
        alone = row.key if one.notice.is_critical else ""
        found.setdefault((row.target, row.batch or alone), []).append((row, one))
    return [
        Batch(
            key=batched[0][0].batch or f"notice/{batched[0][0].key}@{target}",
            target=batched[0][1].target,
            parts=tuple(one for _, one in batched),
            again=bool(batched[0][0].batch),
        )
        for (target, _), batched in found.items()
    ]


_CHOOSING = encoding.serializer_of(Preferences)
_CHOSEN = encoding.validator_of(encoding.schema_of(Preferences))
_DISPATCHING = encoding.serializer_of(Dispatch)
_DISPATCHED = encoding.validator_of(encoding.schema_of(Dispatch))


def _written(serializer: Any, value: Preferences | Dispatch) -> str:  # noqa: ANN401
    text: bytes = serializer.to_json(value)
    return storable(text.decode())


def _read(validator: Any, text: str, whose: str) -> Any:  # noqa: ANN401
    try:
        return validator.validate_json(text)
    except ValidationError as error:
        raise StoreUnavailable(
            f"What is kept about notices of `{whose}` holds something that this version of OpStream "
            f"does not know ({encoding.fault_of(error)}). Run the version that wrote it, or a later one."
        ) from error


def _dispatch(row: NoticeRow) -> Dispatch:
    found: Dispatch = _read(_DISPATCHED, row.body, row.key)
    return found


def _row(one: Dispatch) -> dict[str, Any]:
    return {
        "key": one.notice.key,
        "target": one.target.id,
        "body": _written(_DISPATCHING, one),
        "subject": one.notice.run,
        "is_open": one.standing in _OPEN,
        "at": stored(one.at),
        "due_at": stored(one.due_at),
        "taken_until": 0,
        "sent_at": None,
        "batch": "",
    }
