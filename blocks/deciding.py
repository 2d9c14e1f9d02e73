"""Lists of open approvals, the form that settles equal ones together, and who is away."""

from collections.abc import Mapping, Sequence

from blocks import forms, ids, kit, proposals, risks
from blocks.forms import View, modal
from blocks.kit import Block, Message
from blocks.lists import pager
from blocks.wording import code, count, line, listed, person, so_many, when
from opstream.domain.open_approval import ApprovalPage, Delegation, OpenApproval
from opstream.domain.values import Json

_FORM_LINES = 30


def listing(page: ApprovalPage) -> Message:
    """Return a page of the approvals that wait for a person, oldest first; equal ones are one line."""
    if not page.approvals:
        return kit.sentence("✅ Nothing waits for your yes.")
    blocks: list[Block] = [kit.header(f"🙋 {_so_many(page)}")]
    for group in grouped(page.approvals):
        blocks += _alone(group[0]) if len(group) == 1 else _equal(group)
    blocks += pager(
        "approvals", page.offset, len(page.approvals), page.total, more=page.more, size=page.limit
    )
    return kit.message(f"{_so_many(page)} for you", blocks)


def _so_many(page: ApprovalPage) -> str:
    return so_many(page.total, "open approval", more=page.more)


def grouped(found: Sequence[OpenApproval]) -> list[list[OpenApproval]]:
    """Return approvals with those together that are equal but for their arguments."""
    groups: dict[str, list[OpenApproval]] = {}
    for one in found:
        alone = not one.likeness or one.must_type
        key = f"{one.run}:{one.step}" if alone else one.likeness
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _alone(one: OpenApproval) -> list[Block]:
    value = ids.carried(run=one.run, step=one.step, revision=one.revision)
    buttons = kit.actions(
        risks.approve(one.risk, one.title, one.call, value),
        kit.button("Deny", ids.APPROVAL_DENY, value, style="danger"),
    )
    return [kit.section(f"*{line(one.title, 200)}*\n{code(_what(one), 600)}"), _facts(one), buttons]


def _equal(group: Sequence[OpenApproval]) -> list[Block]:
    first = group[0]
    value = ids.carried(words=first.likeness)
    text = f"*{len(group)} equal: {line(first.title, 200)}*"
    everything = kit.button("Approve all", f"{ids.APPROVAL_ALL}:{first.likeness}", value)
    return [kit.section(text, everything), _facts(first)]


def _facts(one: OpenApproval) -> Block:
    until = (
        f"open until {when(one.expires_at)}" if one.expires_at else "open until somebody answers"
    )
    voices = f" · {one.voters} of {one.people} yeses" if one.people > 1 else ""
    asker = f"asked for by {person(one.asker)}"
    return kit.context(
        f"{risks.risk(one.risk)} · {asker} · {one.role.value} · {until}{voices} · {code(one.run)}"
    )


def _what(one: OpenApproval) -> str:
    return proposals.in_short(one.call) if one.call else one.title


def alone(one: OpenApproval) -> Message:
    """Return one open approval with its buttons, for a second look before a yes."""
    head = f"This is of {risks.risk(one.risk).lower()} risk, so please look once more."
    return kit.message(f"{one.title}: please look once more", [kit.section(head), *_alone(one)])


def type_word(one: OpenApproval, place: Mapping[str, Json]) -> View:
    """Return the form that takes a word, typed in full, along with a yes to something critical."""
    word = one.must_type
    blocks = [
        kit.section(f"*{line(one.title, 300)}*\n{risks.risk(one.risk)} risk"),
        *_exactly(one),
        forms.text_block(ids.FIELD_TYPED, f"Type {word} to say yes", ""),
    ]
    about = {"run": one.run, "step": one.step, "revision": one.revision, "words": word}
    return modal(
        "Approve",
        blocks,
        callback=ids.FORM_TYPE,
        submit=kit.plain_text("Approve", 24),
        private_metadata=ids.carried(**about, place=place),
    )


def approve_all(found: Sequence[OpenApproval], place: Mapping[str, Json]) -> View:
    """Return the form that shows exactly what each of several yeses does; the outcome is told at `place`."""
    blocks = [kit.section(f"*{count(len(found), 'approval')}* will be settled, each by itself:")]
    for one in found:
        what = _exactly(one)
        head = f"*{line(one.title, 200)}* · {risks.risk(one.risk)} risk · run {code(one.run)}"
        blocks += [kit.section(head), *what]
    chosen = " ".join(f"{one.run}:{one.step}:{one.revision}" for one in found)
    return modal(
        "Approve all" if len(found) > 1 else "Approve",
        blocks,
        callback=ids.FORM_APPROVE,
        submit=kit.plain_text("Approve", 24),
        private_metadata=ids.carried(words=chosen, place=place),
    )


def _exactly(one: OpenApproval) -> list[Block]:
    if one.call is None:
        return []
    lines = [code(one.call.operation, 200), *proposals.arguments(one.call.arguments)]
    return kit.paragraphs(lines[:_FORM_LINES])


def outcome(settled: int, problems: Sequence[tuple[str, str]]) -> Message:
    """Return how many were settled, and which were too late, by run and reason."""
    head = (
        f"✅ You said yes to {count(settled, 'approval')}." if settled else "Nothing was changed."
    )
    lines = [f"• {code(run)}: {line(why, 300)}" for run, why in problems]
    return kit.message(head, [kit.section(head), *kit.paragraphs(lines)])


def away(one: Delegation) -> Message:
    """Return until when somebody is away, and who decides."""
    said = f"🌴 You are away until {when(one.until)}."
    if one.delegate:
        said += f" Until then {person(one.delegate)} may decide what you could."
    return kit.sentence(f"{said} `/opstream back` ends it.")


def told(names: Sequence[str], what: str) -> Message:
    """Return that something happened, and who was told."""
    heard = f" {listed(list(names))} was told." if names else ""
    return kit.sentence(f"{what}{heard}")
