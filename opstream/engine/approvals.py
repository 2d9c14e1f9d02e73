"""What an approval shows and binds: the exact call, rendered before it is asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from opstream.domain.approval import Approval, ProposedCall
from opstream.domain.history import ApprovalEscalated, ApprovalExpired, ApprovalRequested
from opstream.domain.operation import Operation
from opstream.domain.person import Role
from opstream.domain.run import Run, StepState
from opstream.domain.values import JsonObject
from opstream.domain.workflow import ApprovalRule, Call, RequestApproval, Step, Workflow
from opstream.engine import expressions
from opstream.errors import BadInput

_UNCOVERED = "This step changes something outside, and no approval has covered it so far."
_OF_AGENT = "This was not decided by a person so far: it is what the agent proposes to do next."


def proposed(step: Step, call: Call, context: JsonObject) -> ProposedCall:
    """Return the call that a step would make now.

    Raises:
        ExpressionError: one of its templates cannot be evaluated.
        BadInput: its operation is no name, or its arguments are no object.
    """
    operation = expressions.render(call.operation, context)
    arguments = expressions.render(call.arguments, context)
    if not isinstance(operation, str) or not operation:
        raise BadInput(f"The step {step.id!r} names no operation: its template gave {operation!r}.")
    if not isinstance(arguments, Mapping):
        raise BadInput(
            f"The arguments of step {step.id!r} must be names with values, not {arguments!r}."
        )
    return ProposedCall(step.id, operation, arguments)


def request(
    workflow: Workflow,
    step: Step,
    wanted: RequestApproval,
    run: Run,
    context: JsonObject,
    now: datetime,
) -> ApprovalRequested:
    """Return the question an approval step asks, with the call it covers already bound."""
    state = run.state(step.id)
    call = state.proposal
    if call is None and wanted.covers is not None:
        covered = workflow.step(wanted.covers)
        if isinstance(covered.work, Call):
            call = proposed(covered, covered.work, context)
    return ApprovalRequested(
        at=now,
        step=step.id,
        revision=state.revision + 1,
        title=str(expressions.render(wanted.title, context)),
        details=str(expressions.render(wanted.details, context)),
        rule=_rule(wanted.rule, context),
        call=call,
        expires_at=now + wanted.rule.expires_after if wanted.rule.expires_after else None,
    )


def own_request(
    workflow: Workflow,
    step: Step,
    state: StepState,
    call: ProposedCall,
    operation: Operation,
    now: datetime,
) -> ApprovalRequested:
    """Return the question a write asks for itself when no approval step has covered it."""
    rule = ApprovalRule(Role.OPERATOR, asker_may=True) if operation.own_yes else ApprovalRule()
    by_agent = workflow.is_of_agent(step.id)
    return ApprovalRequested(
        at=now,
        step=step.id,
        revision=state.revision + 1,
        title=f"{operation.title if by_agent else step.title}: go ahead?",
        details=_OF_AGENT if by_agent else _UNCOVERED,
        rule=rule,
        call=call,
        expires_at=now + rule.expires_after if rule.expires_after else None,
    )


def unanswered(approval: Approval, now: datetime) -> ApprovalExpired | ApprovalEscalated:
    """Return what becomes of a question that nobody has answered when its time has come."""
    is_over = approval.expires_at is not None and approval.expires_at <= now
    level = len(approval.escalated_at)
    if is_over or level >= len(approval.rule.escalation):
        return ApprovalExpired(now, approval.step, approval.revision)
    to = approval.rule.escalation[level].to
    return ApprovalEscalated(now, approval.step, approval.revision, level + 1, to)


def _rule(rule: ApprovalRule, context: JsonObject) -> ApprovalRule:
    risk = str(expressions.render(rule.risk, context))
    return replace(rule, risk=risk)
