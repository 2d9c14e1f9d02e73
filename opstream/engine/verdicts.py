"""What an approval does to a step: asked, granted, denied, sent back, expired, withdrawn."""

from dataclasses import replace
from datetime import datetime

from opstream.domain import history as h
from opstream.domain.approval import Approval, ProposedCall, Verdict, Yes
from opstream.domain.person import Who
from opstream.domain.run import Run, StepState, StepStatus


def approval_requested(run: Run, fact: h.ApprovalRequested) -> Run:
    """Return the run with a step that asks for a yes."""
    state = run.state(fact.step)
    approval = Approval(
        step=fact.step,
        revision=fact.revision,
        title=fact.title,
        details=fact.details,
        rule=fact.rule,
        call=fact.call,
        asked_at=fact.at,
        expires_at=fact.expires_at,
    )
    return run.with_step(
        fact.step,
        replace(
            state,
            status=StepStatus.ASKING_APPROVAL,
            started_at=state.started_at or fact.at,
            wake_at=approval.wakes_at,
            approval=approval,
            earlier_approvals=state.approvals,
        ),
    )


def supported(run: Run, fact: h.ApprovalSupported) -> Run:
    """Return the run after one of several yeses that a step needs."""
    state = run.state(fact.step)
    if state.approval is None:
        return run
    yeses = (*state.approval.yeses, Yes(fact.by, fact.at, fact.instead_of))
    return run.with_step(fact.step, replace(state, approval=replace(state.approval, yeses=yeses)))


def escalated(run: Run, fact: h.ApprovalEscalated) -> Run:
    """Return the run after others were asked as well, because nobody had answered."""
    state = run.state(fact.step)
    if state.approval is None:
        return run
    times = (*state.approval.escalated_at, fact.at)
    approval = replace(state.approval, escalated_at=times)
    return run.with_step(fact.step, replace(state, approval=approval, wake_at=approval.wakes_at))


def _settled(
    state: StepState, verdict: Verdict, at: datetime, by: Who | None, comment: str = ""
) -> StepState:
    if state.approval is None:
        return state
    approval = replace(state.approval, verdict=verdict, by=by, settled_at=at, comment=comment)
    return replace(state, approval=approval, wake_at=None, by=by)


def _said(
    state: StepState,
    verdict: Verdict,
    fact: h.ApprovalGranted | h.ApprovalDenied | h.ChangesRequested,
    comment: str = "",
) -> StepState:
    """Return a step whose question a person has settled."""
    state = _settled(state, verdict, fact.at, fact.by, comment)
    if state.approval is None:
        return state
    approval = replace(state.approval, instead_of=fact.instead_of)
    if verdict is Verdict.GRANTED and approval.rule.people > 1:
        last = Yes(fact.by, fact.at, fact.instead_of)
        approval = replace(approval, yeses=(*approval.yeses, last))
    return replace(state, approval=approval)


def granted(run: Run, fact: h.ApprovalGranted) -> Run:
    """Return the run after a yes: the call that was shown is bound to its step."""
    state = _said(run.state(fact.step), Verdict.GRANTED, fact)
    call = state.approval.call if state.approval else None
    if call is not None and call.step == fact.step:  # the step asked for its own call
        approved = replace(state, status=StepStatus.APPROVED, call=call)
        return run.with_step(fact.step, approved)
    output = {"decision": "approved", "by": fact.by.name, "by_id": fact.by.id}
    state = replace(state, status=StepStatus.SUCCEEDED, output=output, ended_at=fact.at)
    if call is None:
        return run.with_step(fact.step, state)
    return _bound(run.with_step(fact.step, state), call)


def _bound(run: Run, call: ProposedCall) -> Run:
    """Return the run with a call bound to the step it was approved for, unless that has ended."""
    covered = run.state(call.step)
    match covered.status:
        case StepStatus.PENDING | StepStatus.APPROVED:
            bound = replace(covered, status=StepStatus.APPROVED, call=call)
            return run.with_step(call.step, bound)
        case StepStatus.DOUBTED:  # if it is to be repeated, then like this
            return run.with_step(call.step, replace(covered, call=call))
        case _:
            return run


def denied(run: Run, fact: h.ApprovalDenied) -> Run:
    """Return the run after a no."""
    state = _said(run.state(fact.step), Verdict.DENIED, fact, fact.reason)
    output = {"decision": "denied", "by": fact.by.name, "reason": fact.reason}
    state = replace(state, status=StepStatus.DENIED, output=output, ended_at=fact.at)
    return run.with_step(fact.step, replace(state, error=fact.reason))


def changes_requested(run: Run, fact: h.ChangesRequested) -> Run:
    """Return the run after a proposal was sent back; the next one has the changes."""
    state = _said(run.state(fact.step), Verdict.CHANGES, fact, fact.comment)
    call = state.approval.call if state.approval else None
    if call is not None:
        call = replace(call, arguments={**call.arguments, **fact.arguments})
    return run.with_step(fact.step, replace(state, status=StepStatus.PENDING, proposal=call))


def expired(run: Run, fact: h.ApprovalExpired) -> Run:
    """Return the run after nobody answered in time."""
    reason = "Nobody answered in time."
    state = _settled(run.state(fact.step), Verdict.EXPIRED, fact.at, None, reason)
    state = replace(state, status=StepStatus.DENIED, error=reason, ended_at=fact.at)
    return run.with_step(fact.step, replace(state, output={"decision": "expired"}))


def withdrawn(run: Run, at: datetime) -> Run:
    """Return the run with those approvals closed that nobody needs to answer any more."""
    for step, state in run.open.items():
        if (after := closed(state, at)) is not state:
            run = run.with_step(step, after)
    return run


def closed(state: StepState, at: datetime) -> StepState:
    """Return a step whose question, if one is open, nobody needs to answer any more."""
    if state.approval is None or state.approval.verdict is not Verdict.OPEN:
        return state
    return _settled(state, Verdict.WITHDRAWN, at, None)
