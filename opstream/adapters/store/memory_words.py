"""Finds passages by their words: the database says who has which term, `memory_ranking.py` what that is worth.

The databases' own scores count on how rare a word is among all passages, also those that a person may not
see. So they only say which passages have a term, and all that is counted is counted among what may be seen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, String, TextClause, bindparam, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from opstream.adapters.store.memory_ranking import CAP, SIZE_CAP, by_words, rarity, shortlist
from opstream.adapters.store.memory_sight import Condition

_LISTS: Mapping[str, TypeEngine[Any]] = {
    "hidden": String(),
    "kinds": String(),
    "numbers": BigInteger(),
}
_SIZE = "SELECT count(*) FROM (SELECT 1 FROM memory_passages p WHERE 1 = 1 {where} LIMIT :most) s"
_ON_SQLITE = """
SELECT p.number FROM memory_found CROSS JOIN memory_passages p ON p.number = memory_found.rowid
WHERE memory_found MATCH :wanted {where} ORDER BY memory_found.rowid DESC LIMIT :most
"""
_ON_POSTGRESQL = """
WITH f AS MATERIALIZED (
    SELECT passage FROM memory_texts WHERE found @@ CAST(:wanted AS tsquery)
)
SELECT p.number FROM f JOIN memory_passages p ON p.number = f.passage
WHERE 1 = 1 {where} ORDER BY p.number DESC LIMIT :most
"""
_WORDS = "SELECT passage, words FROM memory_texts WHERE passage IN :numbers"


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
    search = _Search(look, condition)
    having = {term: search.having(_all_of(search.syntax, [term])) for term in terms}
    having = {term: found for term, found in having.items() if found}
    if not having:
        return []
    size = search.size()
    weights = {term: rarity(len(found), size) for term, found in having.items()}
    common = [term for term, found in having.items() if len(found) >= CAP]
    rare = [term for term in having if term not in common]
    for term in common:
        others = rare or [one for one in common if one != term]
        if others:
            beside = search.having(_with_any(search.syntax, term, others))
            kept = [] if rare else having[term]
            having[term] = list(dict.fromkeys([*beside, *kept]))
    return by_words(search.words(shortlist(having, weights)), weights)


class _Search:
    """Asks one database about what may be seen."""

    def __init__(self, look: Session, condition: Condition) -> None:
        self._connection = look.connection()
        self._condition = condition
        self.syntax = self._connection.dialect.name
        self._having = _ON_SQLITE if self.syntax == "sqlite" else _ON_POSTGRESQL

    def having(self, wanted: str) -> list[int]:
        """Return passages that have what is wanted, the newest first."""
        query = prepared(self._having, self._condition, wanted=wanted, most=CAP)
        return list(self._connection.execute(query).scalars())

    def size(self) -> int:
        """Return how many passages there are to choose from."""
        query = prepared(_SIZE, self._condition, most=SIZE_CAP)
        return int(self._connection.execute(query).scalar_one())

    def words(self, passages: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """Return the terms of passages."""
        query = prepared(_WORDS, Condition(), numbers=passages)
        return {row[0]: row[1].split() for row in self._connection.execute(query)}


def _all_of(syntax: str, terms: Sequence[str]) -> str:
    return (
        " AND ".join(f'"{one}"' for one in terms) if syntax == "sqlite" else _quoted(terms, " & ")
    )


def _with_any(syntax: str, term: str, others: Sequence[str]) -> str:
    if syntax == "sqlite":
        return f'"{term}" AND ({" OR ".join(f"{chr(34)}{one}{chr(34)}" for one in others)})'
    return f"'{term}' & ({_quoted(others, ' | ')})"


def _quoted(terms: Sequence[str], between: str) -> str:
    return between.join(f"'{one}'" for one in terms)
