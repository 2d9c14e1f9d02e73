"""Lists of open approvals, however many runs there are; satisfies the port `OpenApprovals`.

What is open stands in an index of its own, so what is settled costs nothing; runs are joined by their ids.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, literal_column, not_, or_
from sqlmodel import col, func, select

from opstream.adapters.store import encoding, lists
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.tables import ApprovalRow, RunRow, table
from opstream.adapters.store.times import moment, moment_or_none
from opstream.domain.approval import ProposedCall, Verdict
from opstream.domain.conversation import Place
from opstream.domain.open_approval import ApprovalPage, OpenApproval
from opstream.domain.person import Person, Role, Who

_APPROVALS = table(ApprovalRow)
_CALL = encoding.validator_of(encoding.schema_of(ProposedCall))
# Written out, not bound: only so does it match the condition of the index.
_OPEN = col(ApprovalRow.verdict) == literal_column(f"'{Verdict.OPEN.value}'")


class SqlOpenApprovals:
    """Open questions by who may answer them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def open_for(
        self,
        person: Person,
        away: Sequence[Person],
        offset: int,
        limit: int,
        likeness: str = "",
    ) -> ApprovalPage:
        """Return questions that a person can answer, oldest first; see the port."""
        wanted = [_OPEN, _may(person, away)]
        if person.sight is not None:
            wanted.append(lists.seen(person, person.sight))
        if likeness:
            wanted.append(col(ApprovalRow.likeness) == likeness)
        joined = col(RunRow.id) == col(ApprovalRow.run_id)
        query = (
            select(ApprovalRow, RunRow)
            .join(RunRow, joined)
            .where(*wanted)
            .order_by(col(ApprovalRow.asked_at), col(ApprovalRow.id))
        )
        count = select(func.count()).select_from(ApprovalRow).join(RunRow, joined).where(*wanted)
        page = query.offset(offset).limit(limit)
        return await self._reader.read(
            lambda look: ApprovalPage(
                tuple(_open(asked, run) for asked, run in look.exec(page)),
                look.exec(count).one(),
                offset,
                limit,
            )
        )


def _may(person: Person, away: Sequence[Person]) -> ColumnElement[bool]:
    """Return the condition of `governance/deciding.py`, in columns."""
    not_asker = or_(_APPROVALS.c.asker_may, not_(_holds("askers", person.id)))
    not_yet = not_(_holds("voters", person.id))
    instead = [
        and_(_entitled(one), not_(_holds("askers", one.id)), not_(_holds("voters", one.id)))
        for one in away
    ]
    return and_(not_asker, not_yet, or_(_entitled(person), *instead))


def _entitled(person: Person) -> ColumnElement[bool]:
    roles = [role.value for role in Role if person.has(role)]
    named = (_holds("asked", one.lstrip("@")) for one in sorted({person.id, *person.groups}))
    return or_(col(ApprovalRow.role).in_(roles), *named)


def _holds(column: str, id: str) -> ColumnElement[bool]:
    held: ColumnElement[bool] = _APPROVALS.c[column].contains(f",{id},", autoescape=True)
    return held


def _open(row: ApprovalRow, run: RunRow) -> OpenApproval:
    return OpenApproval(
        run=row.run_id,
        workflow=run.workflow_id,
        step=row.step,
        revision=row.revision,
        title=row.title,
        asker=Who(run.by_id, run.by_name),
        place=None if run.channel is None else Place(run.channel, run.thread),
        role=Role(row.role),
        risk=row.risk,
        call=_CALL.validate_json(row.call) if row.call else None,
        likeness=row.likeness,
        asked_at=moment(row.asked_at),
        expires_at=moment_or_none(row.expires_at),
        people=row.people,
        voters=row.voters.count(",") // 2,
    )
