"""What people see of roles and of the audit trail."""

from blocks import kit
from blocks.kit import Message
from blocks.lists import pager
from blocks.wording import code, count, line, person, when
from opstream.domain.audit import REFUSED, AuditPage, NumberedEntry
from opstream.domain.person import Person, Role, Standing, Who

_MEANS = {
    Role.VIEWER: "look at runs and workflows",
    Role.OPERATOR: "start, pause, resume, cancel and retry runs",
    Role.APPROVER: "decide on what a workflow asks to do",
    Role.ADMIN: "do everything, and give roles",
}
_ORDER = tuple(Role)


def standing(one: Standing, asker: Person) -> Message:
    """Return what somebody may do."""
    mine = one.person.id == asker.id
    name = "You" if mine else person(Who(one.person.id, one.person.name))
    highest = max(one.person.roles, key=_ORDER.index, default=None)
    if highest is None:
        verb = "have" if mine else "has"
        return kit.sentence(f"{name} {verb} no role. An admin can give one: `/opstream role`.")
    verb = "are" if mine else "is"
    may = "; ".join(_MEANS[role] for role in _ORDER[: _ORDER.index(highest) + 1])
    head = f"{name} {verb} *{highest}*, and may: {may}."
    changes = [
        f"{code(change.role)} was {'given' if change.held else 'taken'} by {person(change.by)} "
        f"{when(change.at)}"
        for change in one.changed
    ]
    blocks = [kit.section(head), *([kit.context(*changes)] if changes else [])]
    return kit.message(f"Role: {highest}", blocks)


def changed(one: Standing, role: Role, held: bool) -> Message:
    """Return that a role was given or taken."""
    who = person(Who(one.person.id, one.person.name))
    done = f"{who} is {code(role)} now" if held else f"{who} is not {code(role)} any more"
    return kit.sentence(f"{done}. The audit trail says so, too.")


def trail(page: AuditPage, words: str) -> Message:
    """Return a page of the audit trail, newest first; `words` is the filter as it was typed."""
    if not page.entries:
        return kit.sentence("The audit trail has no such entry. `/opstream audit` shows all.")
    total = count(page.total, "entry", "entries")
    rows = [kit.section(_row(one)) for one in page.entries]
    shown = len(page.entries)
    turn = pager("audit", page.offset, shown, page.total, words=words[:200], size=page.limit)
    head = kit.section(f"*Audit trail* · {total}")
    return kit.message(f"Audit trail: {total}", [head, *rows, *turn])


def _row(one: NumberedEntry) -> str:
    entry = one.entry
    sign = "⛔" if entry.outcome == REFUSED else "•"
    said = f"\n{line(entry.detail, 300)}" if entry.detail else ""
    subject = f" · {code(entry.subject, 80)}" if entry.subject else ""
    head = f"{sign} {when(entry.at)} · {person(entry.by)} · *{line(entry.deed, 60)}*{subject}"
    return f"{head} · {line(entry.outcome, 40)}{said}"
