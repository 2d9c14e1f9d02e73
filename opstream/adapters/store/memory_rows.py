"""Entries as rows, and rows as entries."""

import json
import sys
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, delete
from sqlalchemy import select as rows_of
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session as Look
from sqlmodel import col, select

from opstream.adapters.store.session import Session
from opstream.adapters.store.statements import Row, Statement, compiled, storable
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_memory import (
    MeaningRow,
    MemoryNumberRow,
    MemoryRow,
    PassageRow,
    PassageTextRow,
    SubjectRow,
)
from opstream.adapters.store.times import moment, stored
from opstream.domain.audience import standing
from opstream.domain.memory import Audience, Entry, EntryKind
from opstream.domain.prompt import Vector
from opstream.domain.terms import terms
from opstream.errors import BadInput

_ENTRIES, _SUBJECTS, _PASSAGES, _TEXTS, _MEANINGS, _NUMBERS = (
    table(one)
    for one in (MemoryRow, SubjectRow, PassageRow, PassageTextRow, MeaningRow, MemoryNumberRow)
)


NUMBERS = "memory"
"""The counter that entries and passages have their numbers from."""


def _insert(into: Table) -> Statement:
    names = [column.name for column in into.columns]
    return compiled(insert(into).values({name: bindparam(name) for name in names}))


_ADD, _ADD_SUBJECT, _ADD_PASSAGE, _ADD_TEXT, _ADD_MEANING = (
    _insert(one) for one in (_ENTRIES, _SUBJECTS, _PASSAGES, _TEXTS, _MEANINGS)
)
_numbers = insert(_NUMBERS).values(name=bindparam("name"), last=bindparam("last"))
_NEXT = compiled(
    _numbers.on_conflict_do_update(
        index_elements=["name"], set_={"last": _NUMBERS.c.last + _numbers.excluded["last"]}
    ).returning(_NUMBERS.c.last)
)
_FIND = compiled(rows_of(_ENTRIES.c.number).where(_ENTRIES.c.id == bindparam("which")))
_OLD = compiled(
    rows_of(_ENTRIES.c.number)
    .where(_ENTRIES.c.kind == bindparam("which"), _ENTRIES.c.at < bindparam("before"))
    .order_by(_ENTRIES.c.at)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
_theirs = rows_of(_PASSAGES.c.number).where(_PASSAGES.c.entry == bindparam("entry"))
_REMOVE = [
    compiled(delete(_MEANINGS).where(_MEANINGS.c.passage.in_(_theirs))),
    compiled(delete(_TEXTS).where(_TEXTS.c.passage.in_(_theirs))),
    compiled(delete(_PASSAGES).where(_PASSAGES.c.entry == bindparam("entry"))),
    compiled(delete(_SUBJECTS).where(_SUBJECTS.c.entry == bindparam("entry"))),
    compiled(delete(_ENTRIES).where(_ENTRIES.c.number == bindparam("entry"))),
]


def keep(session: Session, entry: Entry, vectors: Sequence[Vector], measure: str) -> None:
    """Insert or replace an entry.

    Raises:
        BadInput: there is not one vector for each passage.
    """
    if vectors and len(vectors) != len(entry.passages):
        raise BadInput(
            f"{entry.id!r} has {len(entry.passages)} passages and {len(vectors)} vectors; give one "
            "for each passage, or none."
        )
    remove(session, storable(entry.id))
    last = numbers(session, 1 + len(entry.passages))
    number = last - len(entry.passages)
    measured = measure if vectors or not entry.passages else ""
    session.execute(_ADD, {**_row(entry), "number": number, "measure": measured})
    for subject in sorted(entry.subjects):
        session.execute(_ADD_SUBJECT, {"subject": storable(subject), "entry": number})
    where = _where(entry)
    for at, text in enumerate(entry.passages, start=1):
        passage = number + at
        session.execute(_ADD_PASSAGE, {**where, "number": passage, "entry": number})
        session.execute(_ADD_TEXT, {"passage": passage, **text_row(entry.title, text)})
        if vectors:
            packed = {"passage": passage, "measure": measure, "numbers": _bytes(vectors[at - 1])}
            session.execute(_ADD_MEANING, packed)


def remove(session: Session, entry_id: str) -> bool:
    """Remove an entry; False when there is none."""
    found = _numbers_of(session, _FIND, {"which": entry_id})
    for number in found:
        remove_numbered(session, number)
    return bool(found)


def remove_outdated(session: Session, kind: str, before: int, most: int) -> int:
    """Remove entries of a kind that are older, the oldest first; return how many."""
    asked = {"which": kind, "before": before, "most": most, "skip": 0}
    found = _numbers_of(session, _OLD, asked)
    for number in found:
        remove_numbered(session, number)
    return len(found)


def remove_numbered(session: Session, number: int) -> None:
    """Remove an entry with all that belongs to it."""
    for statement in _REMOVE:
        session.execute(statement, {"entry": number})


def numbers(session: Session, many: int, name: str = NUMBERS) -> int:
    """Take so many numbers that nobody had, and return the last of them."""
    [[last]] = fetched(session, _NEXT, {"name": name, "last": many})
    return int(last)


def fetched(session: Session, statement: Statement, asked: Row) -> list[Any]:
    """Return all rows of a query."""
    answer = session.execute(statement, asked)
    rows = []
    while row := answer.fetchone():
        rows.append(row)
    return rows


def text_row(title: str, text: str) -> dict[str, str]:
    """Return a passage as it is kept; the title of its entry is found with it."""
    return {"text": storable(text), "words": " ".join(terms(f"{title}\n{text}"))}


def entries_of(look: Look, rows: Sequence[MemoryRow]) -> list[Entry]:
    """Return the entries of some rows, in order."""
    wanted = [row.number for row in rows]
    subjects: defaultdict[int, set[str]] = defaultdict(set)
    for one in look.exec(select(SubjectRow).where(col(SubjectRow.entry).in_(wanted))):
        subjects[one.entry].add(one.subject)
    passages: defaultdict[int, list[str]] = defaultdict(list)
    query = (
        select(PassageRow.entry, PassageTextRow.text)
        .join(PassageTextRow, col(PassageTextRow.passage) == PassageRow.number)
        .where(col(PassageRow.entry).in_(wanted))
        .order_by(col(PassageRow.number))
    )
    for entry, text in look.exec(query):
        passages[entry].append(text)
    return [_entry(row, subjects[row.number], passages[row.number]) for row in rows]


def _numbers_of(session: Session, statement: Statement, asked: Row) -> list[int]:
    return [int(row[0]) for row in fetched(session, statement, asked)]


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": storable(entry.id),
        "kind": entry.kind.value,
        "title": storable(entry.title),
        "at": stored(entry.at),
        "everyone": entry.audience.everyone,
        "person": entry.audience.person,
        "channel": entry.audience.channel,
        "link": storable(entry.link),
        "by_id": entry.by,
        "details": storable(json.dumps(dict(entry.details), ensure_ascii=False)),
    }


def _where(entry: Entry) -> Mapping[str, Any]:
    seen = standing(entry.audience, entry.by)
    return {
        "kind": entry.kind.value,
        "everyone": seen.everyone,
        "person": seen.person,
        "channel": seen.channel,
        "workspace": seen.workspace,
    }


def _entry(row: MemoryRow, subjects: set[str], passages: Sequence[str]) -> Entry:
    return Entry(
        id=row.id,
        kind=EntryKind(row.kind),
        title=row.title,
        passages=tuple(passages),
        at=moment(row.at),
        audience=Audience(row.everyone, row.person, row.channel),
        subjects=frozenset(subjects),
        link=row.link,
        by=row.by_id,
        details=json.loads(row.details),
    )


def _bytes(vector: Vector) -> bytes:
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
