"""What is remembered, in whichever database; satisfies the port `MemoryStore`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from opstream.adapters.store import memory_words
from opstream.adapters.store.memory_meanings import Meanings
from opstream.adapters.store.memory_ranking import fused
from opstream.adapters.store.memory_rows import (
    entries_of,
    keep,
    numbers,
    remove,
    remove_outdated,
)
from opstream.adapters.store.memory_sight import Condition, condition
from opstream.adapters.store.memory_words import prepared
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session as Transaction
from opstream.adapters.store.session import Writer
from opstream.adapters.store.statements import storable
from opstream.adapters.store.tables_of_memory import MemoryNumberRow, MemoryRow, SubjectRow
from opstream.adapters.store.times import stored
from opstream.domain.memory import Entry, EntryKind, Hit
from opstream.domain.prompt import Vector
from opstream.domain.terms import asked
from opstream.ports.remembering import Question

_OF_KINDS = " AND p.kind IN :kinds"
_ABOUT = " AND p.entry IN (SELECT entry FROM memory_subjects WHERE subject = :subject)"
_WHERE = "SELECT number, entry FROM memory_passages WHERE number IN :numbers"
_TEXTS = "SELECT passage, text FROM memory_texts WHERE passage IN :numbers"
_CONSIDERED = 240
_COUNTED = "counted/"


class SqlMemory:
    """Entries, found by words and by meaning."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader
        self._meanings = Meanings()

    async def keep(self, entry: Entry, vectors: Sequence[Vector], measure: str) -> None:
        """Insert or replace an entry by its id, durably; it is found at once."""
        await self._writer.change(lambda session: keep(session, entry, vectors, measure))

    async def find(self, question: Question) -> Sequence[Hit]:
        """Return the passages that fit best, best first, at most one of an entry."""
        return await self._reader.read(lambda look: self._find(look, question))

    async def get(self, entry_id: str) -> Entry | None:
        """Return an entry, or None."""
        query = select(MemoryRow).where(MemoryRow.id == storable(entry_id))
        found = await self._reader.read(lambda look: entries_of(look, look.exec(query).all()))
        return found[0] if found else None

    async def about(self, subject: str, kinds: frozenset[EntryKind], limit: int) -> Sequence[Entry]:
        """Return entries about a subject, newest first."""
        query = (
            select(MemoryRow)
            .join(SubjectRow, col(SubjectRow.entry) == MemoryRow.number)
            .where(SubjectRow.subject == storable(subject))
            .order_by(col(MemoryRow.at).desc(), col(MemoryRow.number).desc())
            .limit(limit)
        )
        if kinds:
            query = query.where(col(MemoryRow.kind).in_(list(kinds)))
        return await self._reader.read(lambda look: entries_of(look, look.exec(query).all()))

    async def remove(self, entry_id: str) -> bool:
        """Forget an entry; False when there is none."""
        return await self._writer.change(lambda session: remove(session, storable(entry_id)))

    async def unmeasured(self, measure: str, limit: int) -> Sequence[Entry]:
        """Return entries that have no vectors of a measure yet, oldest first."""
        query = (
            select(MemoryRow)
            .where(or_(MemoryRow.measure < measure, MemoryRow.measure > measure))
            .order_by(col(MemoryRow.at), col(MemoryRow.number))
            .limit(limit)
        )
        return await self._reader.read(lambda look: entries_of(look, look.exec(query).all()))

    async def outdated(self, kind: EntryKind, before: datetime, most: int) -> int:
        """Remove entries of a kind that are older, the oldest first, durably; return how many."""
        at = stored(before)
        return await self._writer.change(lambda session: remove_outdated(session, kind, at, most))

    async def count(self) -> Mapping[EntryKind, int]:
        """Return how many entries there are, by kind."""
        query = select(MemoryRow.kind, func.count()).group_by(MemoryRow.kind)
        rows = await self._reader.read(lambda look: look.exec(query).all())
        return {EntryKind(kind): count for kind, count in rows}

    async def tally(self, counts: Mapping[str, int]) -> None:
        """Add to counters, durably; each is made with the first count."""

        def add(session: Transaction) -> None:
            for name, many in counts.items():
                numbers(session, many, f"{_COUNTED}{name}")

        await self._writer.change(add)

    async def tallies(self) -> Mapping[str, int]:
        """Return all counters."""
        query = select(MemoryNumberRow).where(col(MemoryNumberRow.name).startswith(_COUNTED))
        rows = await self._reader.read(lambda look: look.exec(query).all())
        return {row.name.removeprefix(_COUNTED): row.last for row in rows}

    def _find(self, look: Session, question: Question) -> list[Hit]:
        where = _condition(question)
        terms = asked(question.text)
        by_words = memory_words.ranked(look, terms, where) if terms else []
        while True:
            nearest = self._nearest(look, question, where)
            scores = fused((1.0, by_words), (question.trust, nearest))
            considered = list(scores)[:_CONSIDERED]
            query = prepared(_WHERE, Condition(), numbers=considered)
            homes = {row[0]: row[1] for row in look.connection().execute(query)}
            gone = [one for one in considered if one not in homes]
            if not gone:
                break
            self._meanings.drop(question.measure, gone)
            by_words = [one for one in by_words if one not in gone]
        best: dict[int, int] = {}
        for passage in considered:
            best.setdefault(homes[passage], passage)
        chosen = dict(list(best.items())[: question.limit])
        return _hits(look, chosen, scores)

    def _nearest(self, look: Session, question: Question, where: Condition) -> list[int]:
        if question.vector is None:
            return []
        entries = None
        if question.subject:
            query = select(SubjectRow.entry).where(SubjectRow.subject == where.asked["subject"])
            entries = look.exec(query).all()
        return self._meanings.nearest(look, question, entries)


def _condition(question: Question) -> Condition:
    where = condition(question.seen_by)
    sql, given = where.sql, dict[str, Any](where.asked)
    if question.kinds:
        sql, given["kinds"] = sql + _OF_KINDS, sorted(question.kinds)
    if question.subject:
        sql, given["subject"] = sql + _ABOUT, storable(question.subject)
    return replace(where, sql=sql, asked=given)


def _hits(look: Session, chosen: Mapping[int, int], scores: Mapping[int, float]) -> list[Hit]:
    """Return hits; `chosen` says by the number of each entry which passage of it was found."""
    query = prepared(_TEXTS, Condition(), numbers=list(chosen.values()))
    texts = {row[0]: row[1] for row in look.connection().execute(query)}
    rows = look.exec(select(MemoryRow).where(col(MemoryRow.number).in_(list(chosen)))).all()
    entries = {row.number: one for row, one in zip(rows, entries_of(look, rows), strict=True)}
    return [
        Hit(entries[entry], texts[passage], scores[passage])
        for entry, passage in chosen.items()
        if entry in entries and passage in texts
    ]
