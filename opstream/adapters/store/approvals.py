"""Questions and their one answer: opened, settled and withdrawn in the transaction of their facts."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from opstream.adapters.store import encoding
from opstream.adapters.store.statements import storable
from opstream.adapters.store.times import moment, stored, stored_or_none
from opstream.domain import history as h
from opstream.domain.approval import ProposedCall, Verdict, approval_id
from opstream.domain.person import Who
from opstream.domain.run import Run
from opstream.errors import TooLate

_ITEM = re.compile(r"\[\d+\]")
_CALL = encoding.serializer_of(ProposedCall)


class Settled(NamedTuple):
    """How an approval was settled."""

    verdict: str
    by_name: str | None
    settled_at: int


ADDED = ("askers", "asked", "voters")
"""The columns of ids that grow while a question is open."""


@dataclass(slots=True)
class Changes:
    """What the facts of one commit change in the table of approvals, in this order.

    Args:
        settled: Answers by `id`; each stands only if the approval is still open.
        amended: Ids that are added to rows while they are open.
        withdrawn_at: When the run ended, which withdraws all that are open; None while it goes on.
        opened: New rows; one that was settled by a later fact of the commit is so already.
    """

    settled: list[dict[str, Any]] = field(default_factory=list)
    withdrawn_at: int | None = None
    opened: list[dict[str, Any]] = field(default_factory=list)
    amended: list[dict[str, Any]] = field(default_factory=list)

    def open(self, row: dict[str, Any]) -> None:
        """Add a question."""
        self.opened.append(row)

    def settle(self, answer: dict[str, Any]) -> None:
        """Add an answer; raises `TooLate` when the same commit has another one before it."""
        for before in self.settled:
            if before["id"] == answer["id"]:
                raise too_late(_settled(before), answer)
        for row in self.opened:
            if row["id"] == answer["id"]:
                if row["verdict"] != Verdict.OPEN:
                    raise too_late(_settled(row), answer)
                row.update(answer)
                return
        self.settled.append(answer)

    def amend(self, run_id: str, key: str, **more: str) -> None:
        """Add ids to one question of a run, or with the key "" to all of them that are open."""
        for row in self.opened:
            if key in ("", row["id"]):
                row.update({name: row[name] + ids for name, ids in more.items()})
        added = {name: more.get(name, "") for name in ADDED}
        self.amended.append({"run_id": run_id, "id": key, **added})

    def withdraw(self, at: datetime) -> None:
        """Note that the run ends."""
        self.withdrawn_at = stored(at)
        for row in self.opened:
            if row["verdict"] == Verdict.OPEN:
                row.update(verdict=Verdict.WITHDRAWN.value, settled_at=stored(at))


def changes_of(run: Run, facts: Iterable[h.Fact]) -> Changes:
    """Return what facts of a run change.

    Raises:
        TooLate: they settle an approval twice.
    """
    changes = Changes()
    for fact in facts:
        _grow(changes, run, fact)
        _note(changes, run, fact)
    return changes


def _grow(changes: Changes, run: Run, fact: h.Fact) -> None:
    """Note who is to be added to questions that stay open."""
    match fact:
        case h.RunHandedOver(to=to):
            changes.amend(run.id, "", askers=_ids(to.id))
        case h.ApprovalSupported(by=by, instead_of=other):
            voters = _ids(by.id, other.id) if other else _ids(by.id)
            key = approval_id(run.id, fact.step, fact.revision)
            changes.amend(run.id, key, voters=f"{voters};")
        case h.ApprovalEscalated(to=asked):
            key = approval_id(run.id, fact.step, fact.revision)
            changes.amend(run.id, key, asked=_ids(*(one.lstrip("@") for one in asked)))


def _note(changes: Changes, run: Run, fact: h.Fact) -> None:
    match fact:
        case h.ApprovalRequested():
            changes.open(_row(run, fact))
            return
        case h.RunFinished():
            changes.withdraw(fact.at)
            return
        case h.ApprovalGranted(by=by):
            answer = _answer(Verdict.GRANTED, by)
        case h.ApprovalDenied(by=by, reason=reason):
            answer = _answer(Verdict.DENIED, by, reason)
        case h.ChangesRequested(by=by, comment=comment):
            answer = _answer(Verdict.CHANGES, by, comment)
        case h.ApprovalExpired():
            answer = _answer(Verdict.EXPIRED, None)
        case _:
            return
    key = approval_id(run.id, fact.step, fact.revision)
    changes.settle({"id": key, "settled_at": stored(fact.at), **answer})


def _ids(*ids: str) -> str:
    return "".join(f",{one}," for one in ids)


def _row(run: Run, fact: h.ApprovalRequested) -> dict[str, Any]:
    call, rule = fact.call, fact.rule
    # What equal ones may differ in: their arguments, and which item of a loop asks.
    operation = call.operation if call else ""
    alike = (run.workflow_id, _ITEM.sub("", fact.step), operation, rule.risk)
    return {
        "id": approval_id(run.id, fact.step, fact.revision),
        "run_id": run.id,
        "role": rule.role.value,
        "asker_may": rule.asker_may,
        "risk": storable(rule.risk),
        "people": rule.people,
        "call": storable(encoding.encode(_CALL, call)) if call else "",
        "kind": storable(f"{run.workflow_id}\n{rule.role.value}\n{operation}"),
        "likeness": hashlib.sha256("\n".join(alike).encode()).hexdigest()[:16],
        "askers": _ids(run.by.id, run.responsible.id),
        "asked": "",
        "voters": "",
        "step": fact.step,
        "revision": fact.revision,
        "title": storable(fact.title),
        "asked_at": stored(fact.at),
        "expires_at": stored_or_none(fact.expires_at),
        "verdict": Verdict.OPEN.value,
        "by_id": None,
        "by_name": None,
        "settled_at": None,
        "comment": "",
    }


def _answer(verdict: Verdict, by: Who | None, comment: str = "") -> dict[str, Any]:
    return {
        "verdict": verdict.value,
        "by_id": by.id if by else None,
        "by_name": storable(by.name) if by else None,
        "comment": storable(comment),
    }


def _settled(row: dict[str, Any]) -> Settled:
    return Settled(row["verdict"], row["by_name"], row["settled_at"])


def too_late(before: Settled | None, answer: dict[str, Any]) -> TooLate:
    """Return the complaint that an approval was settled before, or is not there."""
    if before is None:
        return TooLate("This question is not asked any more; look at the run for what it asks now.")
    settled_at, at = moment(before.settled_at), moment(answer["settled_at"])
    return TooLate(_winner(Verdict(before.verdict), before.by_name, settled_at, at))


def _winner(verdict: Verdict, by_name: str | None, settled_at: datetime, at: datetime) -> str:
    """Say who or what settled a question, and when; with the day, if it was another one."""
    when = f"at {settled_at:%H:%M} UTC"
    if settled_at.date() != at.date():
        when = f"on {settled_at.day} {settled_at:%B %Y} {when}"
    match verdict:
        case Verdict.GRANTED:
            return f"Approved by {by_name} {when} before this."
        case Verdict.DENIED:
            return f"Denied by {by_name} {when} before this."
        case Verdict.CHANGES:
            return f"Sent back for changes by {by_name} {when} before this."
        case Verdict.EXPIRED:
            return f"The time to answer ran out {when}, before this."
        case _:
            return f"The run ended {when}, before this was answered."
