"""What a person is asked to allow, and what became of the question."""

import json
import re
from collections.abc import Mapping

from blocks import ids, kit, states
from blocks.kit import Block, Element, Message
from blocks.wording import as_text, code, count, flat, line, listed, person, safe, when
from opstream.domain.approval import Approval, ProposedCall, Verdict, Yes
from opstream.domain.person import Who
from opstream.domain.run import RunView
from opstream.domain.values import Json

_RISKS = {
    "low": "🟢 Low",
    "medium": "🟠 Medium",
    "high": "🔴 High",
    "critical": "⛔ Critical",
}
_REVISED = "A changed proposal"
_ARGUMENTS_LIMIT = 30
_VALUE_LIMIT = 700
_DETAILS_LIMIT = 2_000
_AT_ONCE = "This is done at once, in your name:"
_CONFIRM_LIMIT = 300 - len(_AT_ONCE) - 1
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_ODD = re.compile(r'[,="\n]')


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
        *_call("What a yes does", approval.call),
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
        *_call("What was asked for", approval.call),
        kit.section(_verdict(approval)),
        kit.context(f"{_origin(run_id)}{_revision(approval)}"),
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


def risk(word: str) -> str:
    """Return a risk as a sign and a word."""
    return _RISKS.get(word.lower(), f"⚪ {line(word, 60).capitalize() or 'Not stated'}")


def who_may(view: RunView, approval: Approval) -> str:
    """Return who may answer, and by name those who are known to."""
    role = states.role_words(approval.rule.role)
    may = f"{role[:1].upper()}{role[1:]} may decide"
    if not approval.rule.asker_may:
        may += f", other than {person(view.run.by)}, who asked"
    known = [person(Who(one, one)) for one in view.deciders.get(approval.step, ())[:5]]
    return f"{may}: {listed(known)}." if known else f"{may}."


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


def _call(title: str, call: ProposedCall | None) -> list[Block]:
    if call is None:
        return []
    lines = arguments(call.arguments)
    return [kit.section(f"*{title}:* {code(call.operation, 200)}"), *kit.paragraphs(lines)]


def arguments(values: Mapping[str, Json]) -> list[str]:
    """Return the arguments of a call, one mrkdwn line each, as exactly as there is room for."""
    lines = [
        f"• {line(name, 80)} = {exact(value)}"
        for name, value in list(values.items())[:_ARGUMENTS_LIMIT]
    ]
    more = len(values) - _ARGUMENTS_LIMIT
    return [*lines, f"• and {count(more, 'more argument')}"] if more > 0 else lines


def exact(value: Json) -> str:
    """Return a value as code; one that is too long says how much of it is not shown."""
    text = as_text(value)
    if len(text) <= _VALUE_LIMIT:
        return code(text, 2 * _VALUE_LIMIT)
    return f"{code(text, _VALUE_LIMIT)} ({len(text):,} characters in all)"


def in_short(call: ProposedCall, limit: int = _CONFIRM_LIMIT) -> str:
    """Return a call as one line of plain text; what is left out of it is counted."""
    head = flat(call.operation, 100)
    named = [f"{flat(name, 40)} = {_bare(value)}" for name, value in call.arguments.items()]
    for kept in range(len(named), -1, -1):
        left = len(named) - kept
        more = [f"{count(left, 'argument')} that only the message shows"] if left else []
        said = listed([*named[:kept], *more]) if left else ", ".join(named)
        if len(head) + 2 + len(said) <= limit:
            return f"{head}: {said}" if said else head
    return head


def _bare(value: Json) -> str:
    """Return a value as text that cannot be taken for another argument."""
    text = as_text(value)
    odd = isinstance(value, str) and (text != text.strip() or not text or _ODD.search(text))
    return flat(json.dumps(value, ensure_ascii=False) if odd else text, 1_000)


def _changes(approval: Approval, earlier: Approval | None) -> list[Block]:
    if earlier is None or earlier.verdict is not Verdict.CHANGES:
        return []
    by = f" by {person(earlier.by)}" if earlier.by else ""
    said = f": “{line(earlier.comment, 600)}”" if earlier.comment else "."
    lines = [f"*Changed since revision {earlier.revision}*, asked for{by}{said}"]
    for name, (old, new) in changed(earlier.call, approval.call).items():
        lines.append(f"• {line(name, 80)}: {_short(old)} → {_short(new)}")
    return kit.paragraphs(lines[:_ARGUMENTS_LIMIT])


def changed(old: ProposedCall | None, new: ProposedCall | None) -> dict[str, tuple[Json, Json]]:
    """Return the arguments that differ between two proposals, each with its old and new value."""
    before = old.arguments if old else {}
    after = new.arguments if new else {}
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }


def _short(value: Json) -> str:
    return code(as_text(value), 60)


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
    what = in_short(approval.call) if approval.call else approval.title
    ask = kit.confirm("Approve this?", f"{_AT_ONCE}\n{what}", "Approve", "Not yet")
    return (
        kit.button("Approve", ids.APPROVAL_GRANT, value, style="primary", confirm=ask),
        kit.button("Deny", ids.APPROVAL_DENY, value, style="danger"),
        kit.button("Ask for changes", ids.APPROVAL_CHANGES, value),
    )
