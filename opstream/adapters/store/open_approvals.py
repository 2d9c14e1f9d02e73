"""Lists of open approvals, however many runs there are; satisfies the port `OpenApprovals`.

What is open stands in an index of its own, so what is settled costs nothing; runs are joined by their ids.
Conditions stand in the order in which they are cheap: the kind is in the index, a join is the dearest. Of very
many, only some hundred beyond the page are counted.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, literal_column, not_, or_
from sqlmodel import Session, col, func, select

from opstream.adapters.store import encoding, lists
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.tables import ApprovalRow, RunRow, table
from opstream.adapters.store.times import moment, moment_or_none
from opstream.domain.approval import ProposedCall, Verdict
from opstream.domain.conversation import Place
from opstream.domain.open_approval import ApprovalPage, OpenApproval
from opstream.domain.person import Role, Who
from opstream.ports.deciding import Decider, Kind

_COUNTED = 500
_APPROVALS = table(ApprovalRow)
_CALL = encoding.validator_of(encoding.schema_of(ProposedCall))
# Written out, not bound: only so does it match the condition of the index.
_OPEN = col(ApprovalRow.verdict) == literal_column(f"'{Verdict.OPEN.value}'")


class SqlOpenApprovals:
    """Open questions by who may answer them.

    Args:
        counted: So many questions beyond a page are counted at most.
    """

    def __init__(self, reader: Reader, counted: int = _COUNTED) -> None:
        self._reader = reader
        self._counted = counted

    async def kinds(self) -> frozenset[Kind]:
        """Return which kinds of questions are open."""
        query = select(ApprovalRow.kind).where(_OPEN).distinct()
        return await self._reader.read(lambda look: frozenset(map(_kind, look.exec(query))))

    async def open_for(
        self,
        decider: Decider,
        away: Sequence[Decider],
        offset: int,
        limit: int,
        likeness: str = "",
    ) -> ApprovalPage:
        """Return questions that a person can answer, oldest first; see the port."""
        person, wanted = decider.person, [_OPEN, _may(decider, away)]
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
        most = offset + limit + self._counted
        found = select(ApprovalRow.id).join(RunRow, joined).where(*wanted).limit(most + 1)
        count = select(func.count()).select_from(found.subquery())
        page = query.offset(offset).limit(limit)

        def look_up(look: Session) -> ApprovalPage:
            shown = tuple(_open(asked, run) for asked, run in look.exec(page))
            counted = look.exec(count).one()
            return ApprovalPage(shown, min(counted, most), offset, limit, counted > most)

        return await self._reader.read(look_up)


def _may(decider: Decider, away: Sequence[Decider]) -> ColumnElement[bool]:
    """Return the condition of `governance/deciding.py`, in columns."""
    person = decider.person
    if person.is_bot:
        return false()
    not_asker = or_(_APPROVALS.c.asker_may, not_(_holds("askers", person.id)))
    not_yet = not_(_holds("voters", person.id))
    instead = [_could(one) for one in away if not one.person.is_bot]
    return and_(or_(_entitled(decider), *instead), not_asker, not_yet)


def _could(absent: Decider) -> ColumnElement[bool]:
    """Return the condition that somebody who is away has a say that is not used yet."""
    id = absent.person.id
    return and_(_entitled(absent), not_(_holds("askers", id)), not_(_holds("voters", id)))


def _entitled(decider: Decider) -> ColumnElement[bool]:
    person, kinds = decider.person, sorted(map(_text, decider.kinds))
    named = (_holds("asked", one.lstrip("@")) for one in sorted({person.id, *person.groups}))
    anybody = col(ApprovalRow.asked) != ""  # for most questions this ends it
    return or_(col(ApprovalRow.kind).in_(kinds), and_(anybody, or_(*named)))


def _text(kind: Kind) -> str:
    """Return a kind as it stands in its column; see `approvals.py`."""
    return f"{kind.workflow}\n{kind.role.value}\n{kind.operation}"


def _kind(text: str) -> Kind:
    workflow, role, operation = text.split("\n", 2)
    return Kind(workflow, Role(role), operation)


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
        voters=row.voters.count(";"),
    )
