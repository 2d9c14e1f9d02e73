"""How lists of runs are answered, however many runs there are.

No index holds several statuses in the order of a list, so each status is asked for its newest runs by
itself, from the index that fits the filter, and the few that come back are put in order.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Subquery, and_, false, literal_column, or_, union_all
from sqlmodel import Session, col, func, select

from opstream.adapters.store.tables import RunRow, table
from opstream.adapters.store.times import moment, moment_or_none
from opstream.domain.conversation import Place
from opstream.domain.person import Person, Sight, Who
from opstream.domain.run import RunStatus, RunSummary
from opstream.ports import RunFilter

_FOUND_AT_MOST = 5
_LAST_CHARACTER = "\U0010ffff"
# Written out, not bound: only so does it match the condition of the index.
_QUEUED = col(RunRow.status) == literal_column(f"'{RunStatus.QUEUED.value}'")


def find(session: Session, prefix: str, seen_by: Person | None = None) -> Sequence[str]:
    """Return up to 5 ids that are, or begin with, `prefix`, in order: the exact one comes first."""
    wanted: list[ColumnElement[bool]] = [col(RunRow.id).between(prefix, prefix + _LAST_CHARACTER)]
    if seen_by is not None and seen_by.sight is not None:
        wanted.append(seen(seen_by, seen_by.sight))
    query = select(RunRow.id).where(*wanted).order_by(RunRow.id).limit(_FOUND_AT_MOST)
    return session.exec(query).all()


def summaries(session: Session, wanted: RunFilter) -> Sequence[RunSummary]:
    """Return runs for a list, newest first."""
    of_each = (
        _newest(wanted, status, whose) for status in _statuses(wanted) for whose in _whose(wanted)
    )
    newest = union_all(*(select(one.c.id, one.c.started_at) for one in of_each)).subquery()
    query = (
        select(RunRow)
        .join(newest, newest.c.id == col(RunRow.id))
        .order_by(newest.c.started_at.desc(), newest.c.id.desc())
        .limit(wanted.limit)
        .offset(wanted.offset)
    )
    return [_summary(row) for row in session.exec(query)]


def count(session: Session, wanted: RunFilter) -> int:
    """Return how many runs the filter matches, whatever its limit."""
    any_of_these = col(RunRow.status).in_(_statuses(wanted))
    query = select(func.count()).select_from(RunRow).where(any_of_these, *_conditions(wanted))
    return sum(session.exec(query.where(*whose)).one() for whose in _whose(wanted))


def next_queued(session: Session, workflow_id: str) -> str | None:
    """Return the queued run of a workflow that goes first, in two steps along one index."""
    queued = (RunRow.workflow_id == workflow_id, _QUEUED)
    highest = select(func.max(col(RunRow.priority))).where(*queued).scalar_subquery()
    query = (
        select(RunRow.id)
        .where(*queued, RunRow.priority == highest)
        .order_by(col(RunRow.started_at), col(RunRow.id))
        .limit(1)
    )
    return session.exec(query).first()


def with_queued(session: Session) -> Sequence[str]:
    """Return ids of workflows that have queued runs."""
    query = select(RunRow.workflow_id).where(_QUEUED).distinct().order_by(RunRow.workflow_id)
    return session.exec(query).all()


def oldest_active(session: Session, workflow_id: str) -> str | None:
    """Return the run of a workflow that began first of those that are active or paused."""
    oldest = (
        select(RunRow.id, RunRow.started_at)
        .where(RunRow.workflow_id == workflow_id, RunRow.status == status.value)
        .order_by(col(RunRow.started_at), col(RunRow.id))
        .limit(1)
        .subquery()
        for status in (RunStatus.ACTIVE, RunStatus.PAUSED)
    )
    both = union_all(*(select(one.c.id, one.c.started_at) for one in oldest)).subquery()
    query = select(both.c.id).order_by(both.c.started_at, both.c.id).limit(1)
    return session.exec(query).first()


def _statuses(wanted: RunFilter) -> Sequence[str]:
    return sorted(status.value for status in wanted.statuses or RunStatus)


def _whose(wanted: RunFilter) -> Sequence[Sequence[ColumnElement[bool]]]:
    """Return conditions of which a run meets one at most; each has an index of its own."""
    if wanted.of is None:
        return ((),)
    return ((col(RunRow.by_id) == wanted.of,), (col(RunRow.handed_to) == wanted.of,))


def _newest(wanted: RunFilter, status: str, whose: Sequence[ColumnElement[bool]]) -> Subquery:
    """Return the query for the newest runs of one status, as many as any page can need."""
    return (
        select(RunRow.id, RunRow.started_at)
        .where(RunRow.status == status, *whose, *_conditions(wanted))
        .order_by(col(RunRow.started_at).desc(), col(RunRow.id).desc())
        .limit(wanted.offset + wanted.limit)
        .subquery()
    )


def _conditions(wanted: RunFilter) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.workflow_id is not None:
        conditions.append(col(RunRow.workflow_id) == wanted.workflow_id)
    if wanted.without:
        conditions.append(col(RunRow.workflow_id).not_in(sorted(wanted.without)))
    if wanted.waiting:
        conditions.append(table(RunRow).c.waits_for_person)
    if wanted.thread is not None:
        channel, thread = wanted.thread.channel, wanted.thread.thread
        conditions += [col(RunRow.channel) == channel, col(RunRow.thread) == thread]
    if wanted.unparented:
        conditions.append(col(RunRow.parent).is_(None))
    if wanted.started_by is not None:
        conditions.append(col(RunRow.by_id) == wanted.started_by)
    if wanted.seen_by is not None and wanted.seen_by.sight is not None:
        conditions.append(seen(wanted.seen_by, wanted.seen_by.sight))
    return conditions


def seen(person: Person, sight: Sight) -> ColumnElement[bool]:
    """Return the condition that a person may see a run, as `governance/sight.py` has it."""
    channel, home = col(RunRow.channel), f"{sight.workspace}/" if sight.workspace else ""
    elsewhere = channel.like("%/%") if not home else ~channel.startswith(home, autoescape=True)
    # A list of many asks this of each run, so what is cheap comes first, and no pattern where a piece will do.
    direct = func.substr(channel, 1, len(home) + 1).in_([home + kind for kind in "DUW"])
    hidden = or_(channel.in_(sorted(sight.hidden)), direct, elsewhere)
    nowhere = channel.is_(None) if not home else false()
    return or_(and_(channel.is_not(None), ~hidden), col(RunRow.by_id) == person.id, nowhere)


def _summary(row: RunRow) -> RunSummary:
    return RunSummary(
        id=row.id,
        workflow_id=row.workflow_id,
        workflow_version=row.workflow_version,
        status=RunStatus(row.status),
        by=Who(row.by_id, row.by_name),
        place=None if row.channel is None else Place(row.channel, row.thread),
        started_at=moment(row.started_at),
        ended_at=moment_or_none(row.ended_at),
        reason=row.reason,
        waits_for_person=row.waits_for_person,
        handed_to=None if row.handed_to is None else Who(row.handed_to, row.handed_name or ""),
    )
