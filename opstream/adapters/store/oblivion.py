"""Erases people from what is kept; satisfies the port `Oblivion`.

In runs and all that belongs to them a pseudonym takes the place of the id and of the names. In the audit trail
what names them goes, together with the salt of its commitment (see `sealing.py`): nobody can guess it any
more, and every seal still fits.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, and_, bindparam, null, or_, select, update

from opstream.adapters.store import audit, memory_oblivion, oblivion_of_people
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.sealing import UNPROVEN
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import Row, Statement, compiled
from opstream.adapters.store.tables import (
    ApprovalRow,
    FactRow,
    RunRow,
    ScheduleRow,
    WorkflowVersionRow,
    table,
)
from opstream.adapters.store.tables_of_people import AuditRow
from opstream.adapters.store.tables_of_prompts import PromptVersionRow
from opstream.domain.audit import AuditEntry

SOMEBODY = "Somebody"
_AUDIT, _FACTS = table(AuditRow), table(FactRow)
_SIGNED = [
    table(one) for one in (RunRow, ApprovalRow, ScheduleRow, WorkflowVersionRow, PromptVersionRow)
]
_SIGN = {
    one.name: compiled(
        update(one)
        .where(one.c.by_id == bindparam("who"))
        .values(by_id=bindparam("by_id"), by_name=bindparam("by_name"))
    )
    for one in _SIGNED
}
_theirs = select(_FACTS.c.run_id).where(_FACTS.c.body.like(bindparam("pattern")))
_RUNS, _APPROVALS, _SCHEDULES, _VERSIONS, _PROMPTS = _SIGNED
_OF_APPROVALS = ("title", "comment", "call", "askers", "asked", "voters")
_TEXTS = (
    (_RUNS, ("id",), ("reason",), _RUNS.c.id.in_(_theirs)),
    (_APPROVALS, ("id",), _OF_APPROVALS, _APPROVALS.c.run_id.in_(_theirs)),
    (_SCHEDULES, ("name",), ("outcome",), _SCHEDULES.c.by_id == bindparam("who")),
    (_VERSIONS, ("workflow_id", "version"), ("why",), _VERSIONS.c.by_id == bindparam("who")),
    (_PROMPTS, ("template_id", "version"), ("why",), _PROMPTS.c.by_id == bindparam("who")),
)
_TAKEN = compiled(
    update(_RUNS)
    .where(_RUNS.c.handed_to == bindparam("who"))
    .values(handed_to=bindparam("handed_to"), handed_name=bindparam("handed_name"))
)
_FACTS_OF = compiled(
    select(_FACTS.c.run_id, _FACTS.c.seq, _FACTS.c.body).where(_FACTS.c.run_id.in_(_theirs))
)
_SAVE_FACT = compiled(
    update(_FACTS)
    .where(_FACTS.c.run_id == bindparam("run"), _FACTS.c.seq == bindparam("number"))
    .values(body=bindparam("body"))
)
_ENTRIES_OF = compiled(
    select(_AUDIT.c.seq, _AUDIT.c.subject, _AUDIT.c.detail, _AUDIT.c.by_id, _AUDIT.c.by_name).where(
        or_(
            _AUDIT.c.by_id == bindparam("who"),
            _AUDIT.c.subject == bindparam("who"),
            _AUDIT.c.detail.like(bindparam("pattern")),
        )
    )
)
_ERASED = ("by_id", "by_name", "subject", "detail")
_ERASE = compiled(
    update(_AUDIT)
    .where(_AUDIT.c.seq == bindparam("number"))
    .values(
        **{name: bindparam(name) for name in _ERASED},
        salt=null(),
    )
)
_UNPROVE = compiled(
    update(_AUDIT)
    .where(_AUDIT.c.seq == bindparam("number"), _AUDIT.c.personal.is_(None))
    .values(personal=bindparam("personal"))
)


def _texts(of: Table, keys: tuple[str, ...], names: tuple[str, ...], whose: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's condition
    """Return what reads some texts of a table, and what writes them."""
    read = select(*(of.c[key] for key in keys), *(of.c[name] for name in names)).where(whose)
    found = and_(*(of.c[key] == bindparam(f"the_{key}") for key in keys))
    write = update(of).where(found).values({name: bindparam(name) for name in names})
    return keys, names, compiled(read), compiled(write)


_PLACES = [_texts(*one) for one in _TEXTS]


class SqlOblivion:
    """Everything in the database that may name people."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def known_as(self, person: str) -> frozenset[str]:
        """Return the names under which a person stands in what is kept."""

        def look(session: Any) -> frozenset[str]:  # noqa: ANN401 - SQLModel's session
            found: set[str] = set()
            named = [(one.c.by_name, one.c.by_id) for one in (*_SIGNED, _AUDIT)]
            for name, id in (*named, (_RUNS.c.handed_name, _RUNS.c.handed_to)):
                query = select(name).where(id == person).distinct()
                found.update(session.connection().execute(query).scalars())
            return frozenset(found)

        return await self._reader.read(look)

    async def forget(
        self, person: str, pseudonym: str, names: frozenset[str], entry: AuditEntry
    ) -> Mapping[str, int]:
        """Replace a person's id and names, all or nothing; return how many rows, by table."""
        return await self._writer.change(
            lambda session: _forget(session, _Person(person, pseudonym, names), entry)
        )


class _Person:
    """Somebody to forget."""

    def __init__(self, id: str, pseudonym: str, names: frozenset[str]) -> None:
        self.id = id
        self.pseudonym = pseudonym
        whole = sorted((re.escape(one) for one in names if one), key=len, reverse=True)
        self._id = re.compile(rf"(?<![A-Za-z0-9]){re.escape(id)}(?![A-Za-z0-9])")
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(whole)})(?!\w)") if whole else None

    @property
    def pattern(self) -> str:
        """What finds texts with the id in them, at least."""
        return f"%{self.id}%"

    def out_of(self, text: str) -> str:
        """Return a text without the id and the names."""
        text = self._id.sub(self.pseudonym, text)
        return self._names.sub(SOMEBODY, text) if self._names else text

    def out_of_json(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        """Return JSON without the id and the names in its texts; names of fields stay."""
        match value:
            case str():
                return self.out_of(value)
            case list():
                return [self.out_of_json(one) for one in value]
            case dict():
                return {name: self.out_of_json(one) for name, one in value.items()}
        return value


def _forget(session: Session, who: _Person, entry: AuditEntry) -> dict[str, int]:
    for place in _PLACES:
        _out_of_texts(session, who, *place)
    counts = {_FACTS.name: _out_of_facts(session, who)}
    for name, statement in _SIGN.items():
        row = {"who": who.id, "by_id": who.pseudonym, "by_name": SOMEBODY}
        counts[name] = session.execute(statement, row).rowcount
    session.execute(_TAKEN, {"who": who.id, "handed_to": who.pseudonym, "handed_name": SOMEBODY})
    counts |= oblivion_of_people.forget(session, who.id, (who.pseudonym, SOMEBODY), who.out_of_json)
    counts |= memory_oblivion.forget(session, who.id, who.pseudonym, who.out_of_json)
    counts[_AUDIT.name] = _out_of_audit(session, who)
    audit.append((entry,), session.execute)
    return {name: count for name, count in counts.items() if count}


def _out_of_texts(
    session: Session,
    who: _Person,
    keys: tuple[str, ...],
    names: tuple[str, ...],
    read: Statement,
    write: Statement,
) -> None:
    for row in _rows(session, read, {"who": who.id, "pattern": who.pattern}):
        found = dict(zip((*(f"the_{key}" for key in keys), *names), row, strict=True))
        clean = {name: who.out_of(found[name]) for name in names}
        if clean != {name: found[name] for name in names}:
            session.execute(write, {**found, **clean})


def _out_of_facts(session: Session, who: _Person) -> int:
    count = 0
    for run, seq, body in _rows(session, _FACTS_OF, {"pattern": who.pattern}):
        said = json.loads(body)
        clean = who.out_of_json(said)
        if clean == said:
            continue
        clean = json.dumps(clean, ensure_ascii=False)
        session.execute(_SAVE_FACT, {"run": run, "number": seq, "body": clean})
        count += 1
    return count


def _out_of_audit(session: Session, who: _Person) -> int:
    found = _rows(session, _ENTRIES_OF, {"who": who.id, "pattern": who.pattern})
    for seq, subject, detail, by_id, by_name in found:
        theirs = by_id == who.id
        row = {
            "number": seq,
            "by_id": who.pseudonym if theirs else by_id,
            "by_name": SOMEBODY if theirs else by_name,
            "subject": who.out_of(subject),
            "detail": who.out_of(detail),
        }
        session.execute(_ERASE, row)
        session.execute(_UNPROVE, {"number": seq, "personal": UNPROVEN})
    return len(found)


def _rows(session: Session, statement: Statement, asked: Row) -> list[Any]:
    answer = session.execute(statement, asked)
    rows = []
    while row := answer.fetchone():
        rows.append(row)
    return rows
