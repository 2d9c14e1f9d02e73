"""Finds passages by their words: the database picks those with the rarest, `memory_ranking.py` puts them in order.

How rare a word is, is counted over all passages. That may shift the order of what somebody finds; what they may
not see is left out by the same query that picks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, BindParameter, String, TextClause, bindparam, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from opstream.adapters.store.memory_ranking import by_words, rarest_first, rarity
from opstream.adapters.store.memory_sight import Condition

_BUDGET = 40_000
"""So many passages are looked through for the rarest words of a question; measured by `benchmarks.retrieval`."""
_PICKED = 500
_ENOUGH = 100
_MOST_COUNTED = 200_000
_LISTS: Mapping[str, TypeEngine[Any]] = {
    "hidden": String(),
    "kinds": String(),
    "numbers": BigInteger(),
}
_SIZE = text("SELECT count(*) FROM (SELECT 1 FROM memory_passages LIMIT :most) s")
_TERMS = "SELECT passage, words FROM memory_texts WHERE passage IN :numbers"


@dataclass(frozen=True, slots=True)
class _Index:
    """How a database is asked.

    Args:
        count: How many passages have each of `:terms`.
        pick: Those that fit the keys of `:weights` best, among what may be seen.
    """

    count: TextClause
    pick: str


_ON_SQLITE = _Index(
    text("""
    SELECT value, (SELECT count(*) FROM (
        SELECT 1 FROM memory_found WHERE memory_found MATCH '"' || value || '"' LIMIT :most))
    FROM json_each(:terms)
    """),
    """
    SELECT p.number FROM memory_found CROSS JOIN memory_passages p ON p.number = memory_found.rowid
    WHERE memory_found MATCH (SELECT group_concat('"' || key || '"', ' OR ') FROM json_each(:weights))
    {where} ORDER BY rank LIMIT :most
    """,
)
_ON_POSTGRESQL = _Index(
    text("""
    SELECT value, (SELECT count(*) FROM (
        SELECT 1 FROM memory_texts
        WHERE found @@ CAST(quote_literal(value) AS tsquery) LIMIT :most) s)
    FROM json_array_elements_text(CAST(:terms AS json))
    """),
    """
    SELECT p.number FROM (
        SELECT t.passage, sum(CAST(a.value AS float8)) AS weight
        FROM json_each_text(CAST(:weights AS json)) a
        JOIN memory_texts t ON t.found @@ CAST(quote_literal(a.key) AS tsquery)
        GROUP BY t.passage
    ) f JOIN memory_passages p ON p.number = f.passage
    WHERE 1 = 1 {where} ORDER BY f.weight DESC, p.number DESC LIMIT :most
    """,
)


def prepared(sql: str, condition: Condition, **asked: Any) -> TextClause:  # noqa: ANN401 - as SQLAlchemy takes them
    """Return a query with a condition in it, and with its parameters."""
    given = {**condition.asked, **asked}
    query = text(sql.format(where=condition.sql))
    lists: list[BindParameter[Any]] = [
        bindparam(name, value, _LISTS[name], expanding=True)
        for name, value in given.items()
        if name in _LISTS
    ]
    plain = {name: value for name, value in given.items() if name not in _LISTS}
    return query.bindparams(*lists, **plain)


def ranked(look: Session, terms: Sequence[str], condition: Condition) -> list[int]:
    """Return the passages that fit the terms of a question, best first, at most a few hundred."""
    connection = look.connection()
    index = _ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRESQL
    counted = connection.execute(index.count, {"terms": json.dumps(terms), "most": _MOST_COUNTED})
    having = {term: many for term, many in counted if many}
    size = connection.execute(_SIZE, {"most": _MOST_COUNTED}).scalar_one()
    weights = {term: rarity(many, size) for term, many in having.items()}
    picked: set[int] = set()
    for group in rarest_first(having, _BUDGET):
        wanted = json.dumps({term: weights[term] for term in group})
        query = prepared(index.pick, condition, weights=wanted, most=_PICKED)
        picked.update(connection.execute(query).scalars())
        if len(picked) >= _ENOUGH:
            break
    found = connection.execute(prepared(_TERMS, Condition(), numbers=list(picked)))
    return by_words({row[0]: row[1].split() for row in found}, weights)
