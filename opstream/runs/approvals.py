"""The open approvals of a person: listed, and those that are equal answered together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from opstream.domain.approval import Grant
from opstream.domain.open_approval import ApprovalPage, OpenApproval
from opstream.domain.person import Person
from opstream.domain.workflow import ForEach, RequestApproval, Step, Workflow
from opstream.errors import BadInput, NotAllowed, NotFound, TooLate
from opstream.governance.absence import Absences
from opstream.governance.guard import Guard
from opstream.governance.permissions import About
from opstream.ports.deciding import Decider, Kind, OpenApprovals
from opstream.runs.service import Runs

PAGE = 10
MOST_AT_ONCE = 20
"""How many equal approvals one yes may settle: as many as a form can list in full."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one of several that were answered together; `problem` is '' when all went well."""

    run: str
    step: str
    problem: str = ""


def _asked(steps: Iterable[Step]) -> Iterator[str]:
    """Yield whom the approvals of some steps are escalated to."""
    for step in steps:
        match step.work:
            case RequestApproval(rule=rule):
                yield from (one for level in rule.escalation for one in level.to)
            case ForEach(steps=inner):
                yield from _asked(inner)


class Approvals:
    """What waits for a person's yes."""

    def __init__(
        self,
        store: OpenApprovals,
        absences: Absences,
        runs: Runs,
        guard: Guard,
        workflows: Callable[[], Sequence[Workflow]],
    ) -> None:
        self._store = store
        self._workflows = workflows
        self._absences = absences
        self._runs = runs
        self._guard = guard

    async def open_for(
        self, person: Person, page: int = 0, *, limit: int = PAGE, offset: int | None = None
    ) -> ApprovalPage:
        """Return a page of the approvals that a person may decide on, oldest first.

        Args:
            person: Also what they may decide for those who are away is listed.
            page: Counts from 0.
            limit: How many a page has.
            offset: Where it begins, when it is not known by its number.
        """
        start = page * limit if offset is None else offset
        return await self._open(person, max(0, start), limit)

    def groups(self) -> frozenset[str]:
        """Return the groups of people that are asked when nobody else answers, as workflows name them."""
        asked = (one for workflow in self._workflows() for one in _asked(workflow.steps))
        return frozenset(one for one in asked if one[:1] in ("@", "S"))

    async def _open(
        self, person: Person, start: int, limit: int, likeness: str = ""
    ) -> ApprovalPage:
        away = await self._absences.stands_in_for(person)
        kinds = await self._store.kinds()
        decider, *absent = [self._decider(one, kinds) for one in (person, *away)]
        return await self._store.open_for(decider, absent, start, limit, likeness)

    def _decider(self, person: Person, kinds: frozenset[Kind]) -> Decider:
        def may(one: Kind) -> bool:
            operations = (one.operation,) if one.operation else ()
            return self._guard.has_say(person, one.role, About(one.workflow, operations))

        return Decider(person, frozenset(one for one in kinds if may(one)))

    async def equal_to(self, likeness: str, person: Person) -> tuple[OpenApproval, ...]:
        """Return those that are equal to each other but for their arguments, oldest first, 20 at most.

        Raises:
            TooLate: none is open any more that the person may decide on.
        """
        found = await self._open(person, 0, MOST_AT_ONCE, likeness)
        if not likeness or not found.approvals:
            raise TooLate("None of these is open for you any more; nothing was changed.")
        return found.approvals

    async def one(self, text: str, person: Person) -> OpenApproval:
        """Return the open approval of a run that a person names by its id, or `run:step`.

        Raises:
            NotFound: the run has none that is open for them.
            BadInput: it has several.
        """
        run_id, _, step = text.strip().strip("`").partition(":")
        run = await self._runs.resolve(run_id, by=person, place=None)
        view = await self._runs.view(run)
        asked = [
            state.approval
            for path, state in view.run.open.items()
            if state.approval and state.approval.verdict == "open" and step in ("", path)
        ]
        if not asked:
            raise NotFound("open approval", text, hint="`/opstream approvals` shows yours.")
        if len(asked) > 1:
            offered = ", ".join(f"`{run}:{one.step}`" for one in asked[:5])
            raise BadInput(f"This run asks for several approvals. Say which: {offered}.")
        [found] = asked
        return OpenApproval(
            run,
            view.workflow.id,
            found.step,
            found.revision,
            found.title,
            view.run.by,
            view.run.place,
            found.rule.role,
            found.rule.risk,
            found.call,
            "",
            found.asked_at,
            found.expires_at,
            found.rule.people,
            len(found.yeses),
        )

    async def grant_all(
        self, chosen: Sequence[tuple[str, str, int]], *, by: Person
    ) -> tuple[Answered, ...]:
        """Say yes to several, each by itself; one that was too late does not hold up the others.

        Args:
            chosen: Run, step and revision of each, as the person has seen them.
            by: Who says yes.
        """
        if len(chosen) > MOST_AT_ONCE:
            raise BadInput(f"Please answer at most {MOST_AT_ONCE} at once.")
        return tuple([await self._grant(run, step, number, by) for run, step, number in chosen])

    async def _grant(self, run: str, step: str, revision: int, by: Person) -> Answered:
        try:
            await self._runs.require_seen(run, by=by)
            await self._runs.answer_approval(run, step, revision, Grant(), by=by)
        except (TooLate, NotFound, NotAllowed, BadInput) as error:
            return Answered(run, step, str(error))
        return Answered(run, step)
