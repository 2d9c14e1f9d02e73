"""What a person is asked to allow, and what became of the question."""

import re

from blocks import ids, kit, proposals, states
from blocks.kit import Block, Element, Message
from blocks.risks import approve, risk
from blocks.wording import code, line, listed, person, safe, when
from opstream.domain.approval import HARMLESS, Approval, Verdict, Yes
from opstream.domain.person import Who
from opstream.domain.run import RunView

_FEW = 5
_REVISED = "A changed proposal"
_ARGUMENTS_LIMIT = 30
_DETAILS_LIMIT = 2_000
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")


def request(view: RunView, approval: Approval, earlier: Approval | None = None) -> Message:
    """Return an open question with its buttons.

    Args:
        view: The run that asks.
        approval: The question.
        earlier: The revision before it, when it was sent back with a request for changes.
    """
    run_id = view.run.id
    revised = _is_revised(approval, earlier)
    blocks = [
        kit.header(f"🙋 {_REVISED if revised else approval.title}"),
        *([] if revised else _details(approval)),
        *proposals.shown("What a yes does", approval.call),
        *_below(approval),
        *_changes(approval, earlier),
        *(_first_words(approval) if revised else []),
        kit.fields(f"*Risk*\n{risk(approval.rule.risk)}", f"*Open until*\n{_until(approval)}"),
        *progress(approval),
        kit.context(f"👥 {who_may(view, approval)}", f"{_origin(run_id)}{_revision(approval)}"),
        kit.actions(*_buttons(run_id, approval)),
    ]
    return kit.message(f"A decision is needed: {approval.title}", blocks)


def decided(run_id: str, approval: Approval, earlier: Approval | None = None) -> Message:
    """Return a question that is settled: its buttons have given way to the answer."""
    title = _REVISED if _is_revised(approval, earlier) else approval.title
    blocks = [
        kit.header(f"{_SIGNS[approval.verdict]} {title}"),
        *proposals.shown("What was asked for", approval.call),
        kit.section(_verdict(approval)),
        kit.context(f"{risk(approval.rule.risk)} risk · {_origin(run_id)}{_revision(approval)}"),
    ]
    word = _WORDS[approval.verdict]
    by = f" by {approval.by.name}" if approval.by else ""
    return kit.message(f"{word}{by}: {approval.title}", blocks)


_SIGNS = {
    Verdict.OPEN: "🙋",
    Verdict.GRANTED: "✅",
    Verdict.DENIED: "✋",
    Verdict.CHANGES: "✏️",
    Verdict.EXPIRED: "⌛",
    Verdict.WITHDRAWN: "🚫",
}
_WORDS = {
    Verdict.OPEN: "Open",
    Verdict.GRANTED: "Approved",
    Verdict.DENIED: "Denied",
    Verdict.CHANGES: "Sent back for changes",
    Verdict.EXPIRED: "Expired",
    Verdict.WITHDRAWN: "No longer needed",
}


def who_may(view: RunView, approval: Approval) -> str:
    """Return who may answer, and by name those who are known to."""
    role = states.role_words(approval.rule.role)
    may = f"{role[:1].upper()}{role[1:]} may decide"
    if not approval.rule.asker_may:
        may += f", other than {person(view.run.by)}, who asked"
        if view.run.responsible.id != view.run.by.id:
            may += f", and {person(view.run.responsible)}, who answers for it now"
    if approval.rule.reactions and approval.risk in HARMLESS:
        may += ", also by ✅ or ❌ on this message"
    deciders = view.deciders.get(approval.step, ())
    if not deciders or len(deciders) > _FEW:
        return f"{may}."
    return f"{may}: {listed([_or_delegate(view, one) for one in deciders])}."


def _or_delegate(view: RunView, decider: str) -> str:
    """Return somebody who may decide, after who decides for them while they are away."""
    absent, delegate = person(Who(decider, decider)), view.away.get(decider)
    if delegate is None or delegate.id in {view.run.by.id, view.run.responsible.id}:
        return absent
    return f"{person(delegate)} for {absent}"


def progress(approval: Approval) -> list[Block]:
    """Return how many yeses there are, and whom it was escalated to, where there is something to say."""
    said = []
    if approval.rule.people > 1:
        given = "; ".join(f"{yes_by(one)}, {when(one.at)}" for one in approval.yeses)
        head = f"✅ {len(approval.yeses)} of {approval.rule.people} people said yes"
        said.append(f"{head}: {given}" if given else head)
    if approval.escalated_at:
        to = listed([asked(one) for one in approval.asked_as_well])
        said.append(
            f"📣 Nobody answered, so since {when(approval.escalated_at[-1])} I ask {to}, too."
        )
    return [kit.context(*said)] if said else []


def yes_by(one: Yes) -> str:
    """Return who said yes, and for whom."""
    return f"{person(one.by)} for {person(one.instead_of)}" if one.instead_of else person(one.by)


def asked(one: str) -> str:
    """Return somebody who is asked, as they are written: a person by id, a group, a channel."""
    name = one.lstrip("@")
    return person(Who(name, name)) if _PERSON.fullmatch(name) else code(one, 80)


def _below(approval: Approval) -> list[Block]:
    """Return where all of it stands, when it is too long for the question."""
    said = "Some of it is shortened here; all of it stands in the message above."
    return [kit.context(f"📄 {said}")] if any(proposals.whole(approval)) else []


def _details(approval: Approval) -> list[Block]:
    return [kit.section(safe(approval.details, _DETAILS_LIMIT))] if approval.details else []


def _is_revised(approval: Approval, earlier: Approval | None) -> bool:
    """Whether the title and details were written for other arguments than are proposed now."""
    return (
        earlier is not None
        and earlier.verdict is Verdict.CHANGES
        and earlier.call != approval.call
        and earlier.title == approval.title
    )


def _first_words(approval: Approval) -> list[Block]:
    details = f"\n{safe(approval.details, _DETAILS_LIMIT)}" if approval.details else ""
    return [kit.context(f"First it was proposed as *{line(approval.title, 300)}*.{details}")]


def _changes(approval: Approval, earlier: Approval | None) -> list[Block]:
    if earlier is None or earlier.verdict is not Verdict.CHANGES:
        return []
    by = f" by {person(earlier.by)}" if earlier.by else ""
    said = f": “{line(earlier.comment, 600)}”" if earlier.comment else "."
    lines = [f"*Changed since revision {earlier.revision}*, asked for{by}{said}"]
    for name, (old, new) in proposals.changed(earlier.call, approval.call).items():
        lines.append(f"• {line(name, 80)}: {proposals.short(old)} → {proposals.short(new)}")
    return kit.paragraphs(lines[:_ARGUMENTS_LIMIT])


def _until(approval: Approval) -> str:
    return when(approval.expires_at) if approval.expires_at else "Somebody answers"


def _origin(run_id: str) -> str:
    return f"Run {code(run_id, 80)}"


def _revision(approval: Approval) -> str:
    return f" · revision {approval.revision}" if approval.revision > 1 else ""


def _verdict(approval: Approval) -> str:
    by = f" by {person(approval.by)}" if approval.by else ""
    if approval.instead_of:
        by += f" for {person(approval.instead_of)}"
    at = f" · {when(approval.settled_at)}" if approval.settled_at else ""
    head = f"{_SIGNS[approval.verdict]} *{_WORDS[approval.verdict]}*{by}{at}"
    said = f"\n> {line(approval.comment, 1_000)}" if approval.comment else ""
    return f"{head}{said}{_consequence(approval.verdict)}"


def _consequence(verdict: Verdict) -> str:
    match verdict:
        case Verdict.DENIED:
            return "\nNothing was changed."
        case Verdict.EXPIRED:
            return "\nIt counts as a no, and nothing was changed."
        case Verdict.WITHDRAWN:
            return "\nThe run ended before anybody answered, and nothing was changed."
    return ""


def _buttons(run_id: str, approval: Approval) -> tuple[Element, ...]:
    value = ids.carried(run=run_id, step=approval.step, revision=approval.revision)
    return (
        approve(approval.rule.risk, approval.title, approval.call, value),
        kit.button("Deny", ids.APPROVAL_DENY, value, style="danger"),
        kit.button("Ask for changes", ids.APPROVAL_CHANGES, value),
    )
