"""Figures about many runs, worked out by the database; satisfies the port `RunFigures`.

Each question is one statement over an index of what ended in the span; no history is read but the facts of
failures, which have an index of their own. A percentile is a sample by its rank, as both databases can
tell it: SQLite has no function for percentiles.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlmodel import Session

from opstream.adapters.store.lists import seen
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.tables import ApprovalRow, FactRow, RunRow, table
from opstream.adapters.store.times import stored
from opstream.domain.approval import Verdict
from opstream.domain.person import Who
from opstream.domain.run import RunStatus
from opstream.domain.statistics import Answers, Approvals, Durations, FailingStep, Span

_RUNS, _APPROVALS, _FACTS = table(RunRow).c, table(ApprovalRow).c, table(FactRow).c
# Written out, not bound: only so do they match the conditions of the indexes.
_HAS_ENDED = _RUNS.ended_at.is_not(None)
_IS_SETTLED = _APPROVALS.settled_at.is_not(None)
_HAS_FAILED = _FACTS.kind == literal_column("'step_failed'")
_BY_PEOPLE = (Verdict.GRANTED.value, Verdict.DENIED.value, Verdict.CHANGES.value)
_MOST_ANSWERS = 5
_ITEM = re.compile(r"\[\d+\]")
_ALL = ""


class SqlFigures:
    """Reads figures; each answer is as of the last commit."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def outcomes(self, span: Span) -> Sequence[Mapping[RunStatus, int]]:
        """Return how many runs ended how, for each part of the span; what is 0 is left out."""
        return await self._reader.read(lambda session: _outcomes(session, span))

    async def durations(self, span: Span) -> Mapping[str, Durations]:
        """Return how long runs took that ended well, by workflow; under "" for all together."""
        return await self._reader.read(lambda session: _durations(session, span))

    async def approvals(self, span: Span) -> Approvals:
        """Return what became of the approvals."""
        return await self._reader.read(lambda session: _approvals(session, span))

    async def failing_steps(self, span: Span, limit: int = 5) -> Sequence[FailingStep]:
        """Return the steps that failed most often, those first."""
        return await self._reader.read(lambda session: _failing(session, span, limit))


def _outcomes(session: Session, span: Span) -> list[Mapping[RunStatus, int]]:
    query = (
        select(_part(span), _RUNS.status, func.count())
        .where(*_ended_in(span))
        .group_by(literal_column("1"), _RUNS.status)
    )
    parts: list[dict[RunStatus, int]] = [{} for _ in span.edges[1:]]
    for index, status, count in session.connection().execute(query):
        parts[index][RunStatus(status)] = count
    return list(parts)


def _part(span: Span) -> ColumnElement[int]:
    """Return in which part of a span a run ended, counted from 0."""
    last: ColumnElement[int] = literal_column(str(len(span.edges) - 2))
    if len(span.edges) == 2:
        return last
    inner = enumerate(span.edges[1:-1])
    return case(*((_RUNS.ended_at < stored(edge), index) for index, edge in inner), else_=last)


def _ended_in(span: Span) -> list[ColumnElement[bool]]:
    return [_HAS_ENDED, *_within(_RUNS.ended_at, span), *_wanted(span)]


def _wanted(span: Span) -> list[ColumnElement[bool]]:
    """Return the conditions of which runs count."""
    conditions: list[ColumnElement[bool]] = []
    if span.workflow_id is not None:
        conditions.append(_RUNS.workflow_id == span.workflow_id)
    if span.seen_by is not None and span.seen_by.sight is not None:
        conditions.append(seen(span.seen_by, span.seen_by.sight))
    return conditions


def _within(column: ColumnElement[int], span: Span) -> list[ColumnElement[bool]]:
    return [column >= stored(span.since), column < stored(span.until)]


def _durations(session: Session, span: Span) -> dict[str, Durations]:
    well = (*_ended_in(span), _RUNS.status == RunStatus.SUCCEEDED.value)
    took = (_RUNS.ended_at - _RUNS.started_at).label("took")
    each = _spread(session, select(_RUNS.workflow_id.label("whose"), took).where(*well))
    if len(each) == 1:
        return {**each, _ALL: next(iter(each.values()))}
    together: ColumnElement[str] = literal_column(f"'{_ALL}'")
    return each | _spread(session, select(together.label("whose"), took).where(*well))


def _spread(session: Session, samples: Select[tuple[str, int]]) -> dict[str, Durations]:
    """Return the middle and the 95th percentile of samples (`whose`, `took`), by whose they are."""
    sample = samples.subquery()
    ranked = select(
        sample.c.whose,
        sample.c.took,
        func.row_number().over(partition_by=sample.c.whose, order_by=sample.c.took).label("rank"),
        func.count().over(partition_by=sample.c.whose).label("many"),
    ).subquery()
    median, p95 = (ranked.c.many + 1) // 2, (ranked.c.many * 95 + 99) // 100
    query = select(
        ranked.c.whose,
        func.max(ranked.c.many),
        func.max(case((ranked.c.rank == median, ranked.c.took))),
        func.max(case((ranked.c.rank == p95, ranked.c.took))),
    ).group_by(ranked.c.whose)
    return {
        whose: Durations(many, timedelta(microseconds=middle), timedelta(microseconds=high))
        for whose, many, middle, high in session.connection().execute(query)
    }


def _approvals(session: Session, span: Span) -> Approvals:
    settled = [_IS_SETTLED, *_within(_APPROVALS.settled_at, span), *_of_wanted(span)]
    by_people = [*settled, _APPROVALS.verdict.in_(_BY_PEOPLE)]
    verdicts = select(_APPROVALS.verdict, func.count()).where(*settled).group_by(_APPROVALS.verdict)
    all_of_them: ColumnElement[str] = literal_column(f"'{_ALL}'")
    waited = select(
        all_of_them.label("whose"),
        (_APPROVALS.settled_at - _APPROVALS.asked_at).label("took"),
    ).where(*by_people)
    answers = (
        select(_APPROVALS.by_id, func.max(_APPROVALS.by_name), func.count())
        .where(*by_people)
        .group_by(_APPROVALS.by_id)
        .order_by(func.count().desc(), _APPROVALS.by_id)
        .limit(_MOST_ANSWERS)
    )
    connection = session.connection()
    return Approvals(
        {Verdict(verdict): count for verdict, count in connection.execute(verdicts)},
        _spread(session, waited).get(_ALL),
        tuple(
            Answers(Who(id or "", name or ""), count)
            for id, name, count in connection.execute(answers)
        ),
    )


def _of_wanted(span: Span) -> list[ColumnElement[bool]]:
    """Return the condition that an approval is of a run that counts."""
    if not (wanted := _wanted(span)):
        return []
    return [exists(select(_RUNS.id).where(_RUNS.id == _APPROVALS.run_id, *wanted))]


def _failing(session: Session, span: Span, limit: int) -> list[FailingStep]:
    step, retry_at = (_field(session, name).label(name) for name in ("step", "retry_at"))
    failed = (
        select(_FACTS.run_id, step, retry_at)
        .where(_HAS_FAILED, *_within(_FACTS.at, span))
        .subquery()
    )
    query = (
        select(_RUNS.workflow_id, failed.c.step, func.count())
        .join_from(failed, table(RunRow), _RUNS.id == failed.c.run_id)
        .where(failed.c.retry_at == "null", *_wanted(span))
        .group_by(_RUNS.workflow_id, failed.c.step)
    )
    counts: Counter[tuple[str, str]] = Counter()
    for workflow_id, path, count in session.connection().execute(query):
        counts[workflow_id, _ITEM.sub("", json.loads(path))] += count
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:limit]
    return [FailingStep(workflow_id, path, count) for (workflow_id, path), count in most]


def _field(session: Session, name: str) -> ColumnElement[str]:
    """Return a field of a fact as JSON text."""
    if session.get_bind().dialect.name == "sqlite":
        return func.json_quote(func.json_extract(_FACTS.body, f"$.{name}"))
    # An error message may hold the character 0, at which PostgreSQL would give up the whole fact.
    body = cast(func.replace(_FACTS.body, "\\u0000", "\\u0001"), JSON)
    return func.coalesce(cast(body.op("->")(name), Text), "null")
