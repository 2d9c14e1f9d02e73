"""What people should hear of decisions: who is asked, who is asked as well, who decided for whom. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from opstream.domain.approval import CRITICAL, Approval, Verdict
from opstream.domain.notification import Notice, NoticeKind, Severity
from opstream.domain.person import Who
from opstream.domain.run import RunView, StepState
from opstream.notifications import asking
from opstream.notifications.drafting import name_of, notice

_FEW = 5
"""So many are asked by name; where more may decide, the question in the thread is for whoever comes first."""
_SAID = {Verdict.GRANTED: "said yes", Verdict.DENIED: "said no", Verdict.CHANGES: "sent it back"}


def about_approvals(view: RunView, state: StepState) -> Iterator[Notice]:
    """Yield what there is to tell about all that a step ever asked."""
    for approval in state.approvals:
        if approval.verdict is Verdict.OPEN:
            yield from _asked(view, approval)
        yield from _decided_for(view, approval)


def about_hand_over(view: RunView) -> Iterator[Notice]:
    """Yield who answers for a run now, when it was handed over: to them, and to those who did before."""
    last = view.run.handed_over
    if last is None:
        return
    text = f"{last.to.name} answers for {name_of(view.workflow)} now."
    if last.by.id != last.to.id:
        text = f"{last.by.name} handed {name_of(view.workflow)} over: {text}"
    persons = tuple(dict.fromkeys((last.to.id, last.before.id, view.run.by.id)))
    key = f"handed/{last.at.timestamp():.6f}"
    told = notice(view.run, key, NoticeKind.ESCALATION, text, last.by.id)
    yield replace(told, persons=persons)


def _asked(view: RunView, approval: Approval) -> Iterator[Notice]:
    text = f"{name_of(view.workflow)} waits for a decision: {approval.title}"
    deciders = view.deciders.get(approval.step, ())
    named = deciders if len(deciders) <= _FEW else ()
    first = notice(view.run, _key(view, approval, 0), NoticeKind.APPROVAL, text)
    yield replace(first, persons=_with_delegates(view, named))
    urgent = Severity.CRITICAL if approval.risk == CRITICAL else Severity.NORMAL
    for level in range(len(approval.escalated_at)):
        to = approval.rule.escalation[level].to
        key, kind = _key(view, approval, level + 1), NoticeKind.ESCALATION
        said = f"Nobody has answered yet, so more people are asked. {text}"
        channels = tuple(one for one in to if one[:1] in "#C")
        persons = _with_delegates(view, [one for one in to if one not in channels])
        more = notice(view.run, key, kind, said)
        yield replace(more, persons=persons, channels=channels, severity=urgent)


def _decided_for(view: RunView, approval: Approval) -> Iterator[Notice]:
    said = [(one.by, one.instead_of, "said yes") for one in approval.yeses]
    if approval.by is not None:
        said.append((approval.by, approval.instead_of, _SAID.get(approval.verdict, "decided")))
    for by, absent, what in said:
        if absent is not None:
            text = f"{by.name} {what} for {absent.name}, who is away: {approval.title}"
            key = f"instead/{approval.step}/{approval.revision}/{view.run.retries}/{absent.id}"
            told = notice(view.run, key, NoticeKind.APPROVAL, text, by.id)
            yield replace(told, persons=(absent.id,))


def _key(view: RunView, approval: Approval, level: int) -> str:
    return asking.key_of_approval(approval.step, approval.revision, view.run.retries, level)


def _with_delegates(view: RunView, persons: Sequence[str]) -> tuple[str, ...]:
    """Return ids with those added who decide for them while they are away, but nobody who asks."""
    asking = {view.run.by.id, view.run.responsible.id}
    heard: dict[str, None] = {}
    for one in persons:
        heard[one] = None
        delegate: Who | None = view.away.get(one)
        if delegate is not None and delegate.id not in asking:
            heard[delegate.id] = None
    return tuple(heard)
