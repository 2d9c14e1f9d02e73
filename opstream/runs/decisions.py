"""What a person says to an approval becomes facts; every way to answer one leads here."""

from collections.abc import Callable, Sequence
from datetime import datetime

from opstream.domain import history as h
from opstream.domain.approval import Approval, AskForChanges, Decision, Deny, Grant
from opstream.domain.audit import REFUSED, AuditEntry
from opstream.domain.person import Person, Role, Who
from opstream.domain.run import Run
from opstream.errors import BadInput, NotFound, TooLate
from opstream.governance import sight
from opstream.governance.absence import Absences
from opstream.governance.guard import Deed, Guard
from opstream.governance.permissions import About
from opstream.ports import AuditTrail, Clock
from opstream.runs import rules
from opstream.runs.changes import Changes
from opstream.runs.journal import Loaded

_DECIDE = Deed("approval.settled", "decide on an approval", Role.VIEWER)  # its own rule decides
_HAND_OVER = Deed("run.handed_over", "hand a run over")


class Decisions:
    """Settles approvals, and hands runs over."""

    def __init__(
        self,
        changes: Changes,
        guard: Guard,
        absences: Absences,
        audit: AuditTrail,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._guard = guard
        self._absences = absences
        self._audit = audit
        self._clock = clock

    async def decide(
        self, run_id: str, step: str, revision: int, decision: Decision, by: Person
    ) -> Run:
        """Settle an approval, support it, or send it back; see `Runs.answer_approval`."""
        away = await self._absences.stands_in_for(by)

        def change(loaded: Loaded) -> Sequence[h.Fact]:
            approval = rules.open_approval(loaded, step, revision)
            if isinstance(decision, Grant):
                require_typed(approval, decision)
            operations = (approval.call.operation,) if approval.call else ()
            about = About(loaded.workflow.id, operations)
            other = self._guard.in_whose_name(by, approval, loaded.run, away, about)
            return (fact_of(approval, decision, by.who, other, self._clock.now()),)

        try:
            return await self._changes.make(run_id, by, _DECIDE, change)
        except (TooLate, NotFound) as error:
            await self._note(by, run_id, str(error))
            raise

    async def hand_over(self, run_id: str, to: Person, by: Person) -> Run:
        """Make somebody answer for a run; see `Runs.hand_over`."""

        def change(loaded: Loaded) -> Sequence[h.Fact]:
            run = loaded.run
            if not sight.sees(to, run.by, run.place):
                raise BadInput(
                    f"{to.name} cannot see the conversation that this run stands in, so they could not "
                    "answer for it. Invite them there first."
                )
            return rules.hand_over(loaded, to, by, self._clock.now())

        if to.is_bot:
            raise BadInput("A bot cannot answer for a run; please name a person.")
        return await self._changes.make(run_id, by, _HAND_OVER, change)

    async def _note(self, by: Person, run_id: str, why: str) -> None:
        now = self._clock.now()
        await self._audit.record(AuditEntry(now, by.who, _DECIDE.name, run_id, why, REFUSED))


def require_typed(approval: Approval, yes: Grant) -> None:
    """Refuse a yes to something critical without the word that proves that it was read.

    Raises:
        BadInput: it was not typed, or something else was.
    """
    word = approval.must_type
    if word and yes.typed.strip().strip("`") != word:
        wrong = f", not `{yes.typed.strip()[:80]}`" if yes.typed.strip() else ""
        raise BadInput(
            f"The risk is critical, so a yes takes the word `{word}`, typed in full{wrong}. Press "
            f"Approve and type it there, or write `/opstream approve <run> {word}`."
        )


Fact = h.ApprovalSupported | h.ApprovalGranted | h.ApprovalDenied | h.ChangesRequested


def fact_of(
    approval: Approval, decision: Decision, by: Who, instead_of: Who | None, now: datetime
) -> Fact:
    """Return what a decision means for an open approval: the last yes that it needs grants it.

    Raises:
        BadInput: a denial without reason, or changes without a comment.
    """
    step, revision = approval.step, approval.revision
    match decision:
        case Grant():
            yes: Callable[..., Fact] = (
                h.ApprovalSupported if approval.lacks > 1 else h.ApprovalGranted
            )
            return yes(now, step, revision, by, instead_of=instead_of)
        case Deny(reason):
            said = rules.said(reason, "say why, so that the asker can do better")
            return h.ApprovalDenied(now, step, revision, by, said, instead_of)
        case AskForChanges(comment, arguments):
            said = rules.said(comment, "say what to change")
            changed = rules.changed_arguments(approval, arguments)
            return h.ChangesRequested(now, step, revision, by, said, changed, instead_of)
