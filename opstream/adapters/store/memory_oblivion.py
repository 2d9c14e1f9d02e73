"""Erases people from what is remembered: what is theirs goes, and others name them no more."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, or_, select, update

from opstream.adapters.store.memory_rows import fetched, remove_numbered, text_row
from opstream.adapters.store.session import Session
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_memory import (
    MemoryRow,
    PassageRow,
    PassageTextRow,
    SubjectRow,
)
from opstream.domain.memory import EntryKind

_ENTRIES, _PASSAGES, _TEXTS, _SUBJECTS = (
    table(one) for one in (MemoryRow, PassageRow, PassageTextRow, SubjectRow)
)
_OF_ALL = (EntryKind.RUN.value, EntryKind.INCIDENT.value)
_WHO: BindParameter[str] = bindparam("who")
_LIKE: BindParameter[str] = bindparam("pattern")
_THEIRS = compiled(
    select(_ENTRIES.c.number).where(
        or_(
            (_ENTRIES.c.by_id == _WHO) & _ENTRIES.c.kind.not_in([bindparam("a"), bindparam("b")]),
            (_ENTRIES.c.person == _WHO) & (_ENTRIES.c.channel == bindparam("nowhere")),
        )
    )
)
_naming = select(_PASSAGES.c.entry).where(
    _PASSAGES.c.number.in_(select(_TEXTS.c.passage).where(_TEXTS.c.text.like(_LIKE)))
)
_about = select(_SUBJECTS.c.entry).where(_SUBJECTS.c.subject.like(_LIKE))
_OTHERS = compiled(
    select(_ENTRIES.c.number, _ENTRIES.c.id, _ENTRIES.c.title, _ENTRIES.c.details).where(
        or_(
            _ENTRIES.c.by_id == _WHO,
            _ENTRIES.c.person == _WHO,
            _ENTRIES.c.id.like(_LIKE),
            _ENTRIES.c.title.like(_LIKE),
            _ENTRIES.c.details.like(_LIKE),
            _ENTRIES.c.number.in_(_naming),
            _ENTRIES.c.number.in_(_about),
        )
    )
)
_SAVE = compiled(
    update(_ENTRIES)
    .where(_ENTRIES.c.number == bindparam("which"))
    .values({name: bindparam(name) for name in ("id", "title", "details")})
)
_SIGN = [
    compiled(update(of).where(of.c[name] == _WHO).values({name: bindparam("pseudonym")}))
    for of, name in ((_ENTRIES, "by_id"), (_ENTRIES, "person"), (_PASSAGES, "person"))
]
_TEXTS_OF = compiled(
    select(_TEXTS.c.passage, _TEXTS.c.text).where(
        _TEXTS.c.passage.in_(
            select(_PASSAGES.c.number).where(_PASSAGES.c.entry == bindparam("entry"))
        )
    )
)
_SAVE_TEXT = compiled(
    update(_TEXTS)
    .where(_TEXTS.c.passage == bindparam("which"))
    .values({name: bindparam(name) for name in ("text", "words")})
)
_SUBJECTS_OF = compiled(select(_SUBJECTS.c.subject).where(_SUBJECTS.c.entry == bindparam("entry")))
_DROP_SUBJECT = compiled(
    delete(_SUBJECTS).where(
        _SUBJECTS.c.entry == bindparam("entry"), _SUBJECTS.c.subject == bindparam("which")
    )
)
_RENAME_SUBJECT = compiled(
    update(_SUBJECTS)
    .where(_SUBJECTS.c.entry == bindparam("entry"), _SUBJECTS.c.subject == bindparam("which"))
    .values(subject=bindparam("clean"))
)


def forget(
    session: Session, person: str, pseudonym: str, out_of: Callable[[Any], Any]
) -> Mapping[str, int]:
    """Erase a person; return how many entries were removed or changed.

    Vectors stay: what a text means does not tell who wrote it.

    Args:
        session: The transaction.
        person: Their id.
        pseudonym: What stands in its place.
        out_of: Returns JSON without the id and the names.
    """
    kinds = dict(zip("ab", _OF_ALL, strict=True))
    theirs = fetched(session, _THEIRS, {"who": person, "nowhere": "", **kinds})
    for [number] in theirs:
        remove_numbered(session, number)
    others = fetched(session, _OTHERS, {"who": person, "pattern": f"%{person}%"})
    for number, id, title, details in others:
        clean = {"id": out_of(id), "title": out_of(title)}
        kept = json.dumps(out_of(json.loads(details)), ensure_ascii=False)
        session.execute(_SAVE, {"which": number, **clean, "details": kept})
        _out_of_texts(session, number, clean["title"], out_of)
        _out_of_subjects(session, number, out_of)
    for statement in _SIGN:
        session.execute(statement, {"who": person, "pseudonym": pseudonym})
    return {_ENTRIES.name: len(theirs) + len(others)}


def _out_of_texts(session: Session, entry: int, title: str, out_of: Callable[[Any], Any]) -> None:
    for passage, text in fetched(session, _TEXTS_OF, {"entry": entry}):
        row = text_row(title, out_of(text))
        session.execute(_SAVE_TEXT, {"which": passage, **row})


def _out_of_subjects(session: Session, entry: int, out_of: Callable[[Any], Any]) -> None:
    subjects = {row[0] for row in fetched(session, _SUBJECTS_OF, {"entry": entry})}
    for subject in subjects:
        clean = out_of(subject)
        if clean == subject:
            continue
        asked = {"entry": entry, "which": subject}
        if clean in subjects:
            session.execute(_DROP_SUBJECT, asked)
        else:
            session.execute(_RENAME_SUBJECT, {**asked, "clean": clean})
