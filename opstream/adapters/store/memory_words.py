"""Finds passages by their words: the database says who has which term, `memory_ranking.py` what that is worth.

The databases' own scores count on how rare a word is among all passages, also those that a person may not
see. So they only say which passages have a term, and all that is counted is counted among what may be seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, BindParameter, String, TextClause, bindparam, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from opstream.adapters.store.memory_ranking import CAP, SIZE_CAP, by_words, rarity, shortlist, worth
from opstream.adapters.store.memory_sight import Condition
from opstream.domain.terms import MARKS

_LISTS: Mapping[str, TypeEngine[Any]] = {
    "hidden": String(),
    "kinds": String(),
    "numbers": BigInteger(),
}
_SIZE = "SELECT count(*) FROM (SELECT 1 FROM memory_passages p WHERE 1 = 1 {where} LIMIT :most) s"
_ON_SQLITE = """
SELECT group_concat(number) FROM (
    SELECT p.number FROM memory_found CROSS JOIN memory_passages p ON p.number = memory_found.rowid
    WHERE memory_found MATCH :wanted {where} ORDER BY memory_found.rowid DESC LIMIT :most
)
"""
_ON_POSTGRESQL = """
WITH f AS MATERIALIZED (
    SELECT passage FROM memory_texts WHERE found @@ CAST(:wanted AS tsquery)
)
SELECT string_agg(CAST(number AS text), ',') FROM (
    SELECT p.number FROM f JOIN memory_passages p ON p.number = f.passage
    WHERE 1 = 1 {where} ORDER BY p.number DESC LIMIT :most
) s
"""
_WORDS = "SELECT passage, words, length FROM memory_texts WHERE passage IN :numbers"


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
    once = {term: search.having(term) for term in terms}
    once = {term: found for term, found in once.items() if found}
    if not once:
        return []
    size = search.size()
    weights = {term: rarity(len(found), size) for term, found in once.items()}
    rare = [term for term, found in once.items() if len(found) < CAP]
    having = [(weights[term], found) for term, found in once.items()]
    for term, found in once.items():
        having += search.often(term, weights[term])
        if rare and len(found) >= CAP:  # the newest of many: those beside something rare are better
            beside = set(search.having(term, rare)) - set(found)
            having.append((weights[term], list(beside)))
    return by_words(search.texts(shortlist(having)), weights)


class _Search:
    """Asks one database about what may be seen."""

    def __init__(self, look: Session, condition: Condition) -> None:
        self._connection = look.connection()
        self._condition = condition
        sqlite = self._connection.dialect.name == "sqlite"
        self._having = _ON_SQLITE if sqlite else _ON_POSTGRESQL
        self._quote, self._and, self._or = ('"', "AND", " OR ") if sqlite else ("'", "&", " | ")

    def having(self, term: str, beside: Sequence[str] = ()) -> list[int]:
        """Return the newest passages that have a term, and one of some others if there are any.

        They come as one text, as a row for each would cost more.
        """
        wanted = self._quoted(term)
        if beside:
            one_of = self._or.join(self._quoted(one) for one in beside)
            wanted = f"{wanted} {self._and} ({one_of})"
        query = prepared(self._having, self._condition, wanted=wanted, most=CAP)
        found = self._connection.execute(query).scalar_one()
        return list(map(int, found.split(","))) if found else []

    def often(self, term: str, weight: float) -> Iterator[tuple[float, list[int]]]:
        """Yield passages that have a term several times, and what that adds to its weight."""
        below = 1
        for least, mark in reversed(MARKS):
            found = self.having(term + mark)
            if not found:
                return
            yield weight * (worth(least) - worth(below)), found
            below = least

    def _quoted(self, term: str) -> str:
        return f"{self._quote}{term}{self._quote}"

    def size(self) -> int:
        """Return how many passages there are to choose from."""
        query = prepared(_SIZE, self._condition, most=SIZE_CAP)
        return int(self._connection.execute(query).scalar_one())

    def texts(self, passages: Sequence[int]) -> Mapping[int, tuple[frozenset[str], int]]:
        """Return the indexed terms of passages, and how many each has in all."""
        query = prepared(_WORDS, Condition(), numbers=passages)
        rows = self._connection.execute(query)
        return {row[0]: (frozenset(row[1].split()), row[2]) for row in rows}
