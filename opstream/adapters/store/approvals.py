"""Questions and their one answer: opened, settled and withdrawn in the transaction of their facts."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, bindparam, insert, select, update

from opstream.adapters.store.statements import compiled, storable
from opstream.adapters.store.tables import ApprovalRow, table
from opstream.adapters.store.times import moment, stored, stored_or_none
from opstream.domain import history as h
from opstream.domain.approval import Verdict, approval_id
from opstream.domain.person import Who
from opstream.errors import TooLate

Change: TypeAlias = Callable[[sqlite3.Connection], None]

_APPROVALS = table(ApprovalRow)
_INSERT = compiled(insert(_APPROVALS))
_ANSWER: dict[str, BindParameter[Any]] = {
    name: bindparam(name) for name in ("verdict", "by_id", "by_name", "settled_at", "comment")
}
_SETTLE = compiled(
    update(_APPROVALS)
    .where(_APPROVALS.c.id == bindparam("approval"), _APPROVALS.c.verdict == bindparam("open"))
    .values(_ANSWER)
)
_WITHDRAW = compiled(
    update(_APPROVALS)
    .where(_APPROVALS.c.run_id == bindparam("run"), _APPROVALS.c.verdict == bindparam("open"))
    .values(verdict=bindparam("verdict"), settled_at=bindparam("settled_at"))
)
_FIND = compiled(
    select(
        _APPROVALS.c.verdict,
        _APPROVALS.c.by_name,
        _APPROVALS.c.settled_at,
    ).where(_APPROVALS.c.id == bindparam("approval"))
)


def change_of(run_id: str, fact: h.Fact) -> Change | None:
    """Return what a fact changes in the table of approvals, None for most facts.

    The change raises `TooLate` when the approval it settles is not open any more.
    """
    match fact:
        case h.ApprovalRequested():
            return partial(_open, _row(run_id, fact))
        case h.ApprovalGranted(by=by):
            answer = _answer(Verdict.GRANTED, fact.at, by)
        case h.ApprovalDenied(by=by, reason=reason):
            answer = _answer(Verdict.DENIED, fact.at, by, reason)
        case h.ChangesRequested(by=by, comment=comment):
            answer = _answer(Verdict.CHANGES, fact.at, by, comment)
        case h.ApprovalExpired():
            answer = _answer(Verdict.EXPIRED, fact.at, None)
        case h.RunFinished():
            return partial(_withdraw, run_id, fact.at)
        case _:
            return None
    return partial(_settle, approval_id(run_id, fact.step, fact.revision), fact.at, answer)


def _row(run_id: str, fact: h.ApprovalRequested) -> dict[str, Any]:
    return {
        "id": approval_id(run_id, fact.step, fact.revision),
        "run_id": run_id,
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


def _answer(verdict: Verdict, at: datetime, by: Who | None, comment: str = "") -> dict[str, Any]:
    return {
        "verdict": verdict.value,
        "by_id": by.id if by else None,
        "by_name": storable(by.name) if by else None,
        "settled_at": stored(at),
        "comment": storable(comment),
        "open": Verdict.OPEN.value,
    }


def _open(row: dict[str, Any], connection: sqlite3.Connection) -> None:
    connection.execute(_INSERT, row)


def _settle(
    approval: str, at: datetime, answer: dict[str, Any], connection: sqlite3.Connection
) -> None:
    if connection.execute(_SETTLE, {**answer, "approval": approval}).rowcount == 1:
        return
    found = connection.execute(_FIND, {"approval": approval}).fetchone()
    if found is None:
        raise TooLate("This question is not asked any more; look at the run for what it asks now.")
    verdict, by_name, settled_at = found
    raise TooLate(_winner(Verdict(verdict), by_name, moment(settled_at), at))


def _withdraw(run_id: str, at: datetime, connection: sqlite3.Connection) -> None:
    withdrawn = {"run": run_id, "verdict": Verdict.WITHDRAWN.value, "settled_at": stored(at)}
    connection.execute(_WITHDRAW, {**withdrawn, "open": Verdict.OPEN.value})


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
