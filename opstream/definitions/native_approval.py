"""What a step of our own format says about a yes: who gives it, how many do, and who is asked next."""

from datetime import timedelta

from opstream.definitions.section import Section
from opstream.domain.approval import HARMLESS
from opstream.domain.person import Role
from opstream.domain.workflow import ApprovalRule, Escalation, RequestApproval

RISKS = ("low", "medium", "high", "critical")
SHORT = "approval: {title: Shall I go on?}"
_MOST_PEOPLE, _MOST_LEVELS = 10, 5
_ESCALATE = "Write `escalate_after: 30m` and `escalate_to: [@oncall]`."
_LEVELS = "Write `escalate: [{after: 30m, to: [@oncall]}, {after: 1h, to: [U0123ABCD]}]`."


def approval(owner: Section) -> RequestApproval:
    """Return the approval that a step asks for."""
    section = owner.inner("approval", what="`approval`", hint=f"Write `{SHORT}`.")
    request = RequestApproval(
        title=section.text("title", required=True),
        details=section.text("details").strip(),
        covers=section.text("covers") or None,
        rule=_rule(section),
    )
    section.finish()
    return request


def _rule(section: Section) -> ApprovalRule:
    usual = ApprovalRule()
    risk = section.text("risk", default=usual.risk)
    if risk not in RISKS and "{{" not in risk:
        offered = ", ".join(f"`{one}`" for one in RISKS)
        section.complain("risk", f"`risk` cannot be `{risk}`.", f"Use one of {offered}.")
    never = section.raw("expires") == "never"
    expires = None if never else section.duration("expires", usual.expires_after)
    people = section.whole("people", usual.people, 1, _MOST_PEOPLE)
    return ApprovalRule(
        role=section.choice("role", Role, usual.role),
        asker_may=section.flag("asker_may"),
        expires_after=expires,
        risk=risk,
        people=people,
        escalation=_escalation(section, expires),
        reactions=_reactions(section, risk),
    )


def _reactions(section: Section, risk: str) -> bool:
    """Return whether an emoji answers, which is too quick for what is dangerous."""
    wanted = section.flag("reactions")
    if wanted and risk not in HARMLESS and "{{" not in risk:
        problem = f"`reactions` lets an emoji say yes, but the risk is `{risk}`."
        section.complain("reactions", problem, "Take it out: people then press a button.")
    return wanted


def _escalation(section: Section, expires: timedelta | None) -> tuple[Escalation, ...]:
    """Return whom it is escalated to: one level in short, or a list of them."""
    after, to = section.duration("escalate_after", None), section.texts("escalate_to")
    count = section.items("escalate", _LEVELS)
    if section.has("escalate_after") is not section.has("escalate_to"):
        has, lacks = ("after", "to") if section.has("escalate_after") else ("to", "after")
        key = f"escalate_{has}"
        section.complain(key, f"`{key}` needs `escalate_{lacks}`.", _ESCALATE)
    if count and (after or to):
        problem = "`escalate` and `escalate_after` say the same in two ways."
        section.complain("escalate", problem, "Keep one of them.")
    if count > _MOST_LEVELS:
        problem = f"`escalate` has {count} levels, but {_MOST_LEVELS} at most are possible."
        section.complain("escalate", problem, "Ask more people at once.")
    levels = [Escalation(after, _asked(section, "escalate_to", to))] if after and to else []
    for number in range(count):
        inner = section.inner("escalate", number, what="a level of `escalate`", hint=_LEVELS)
        if inner.is_mapping:
            levels += _level(inner)
    _check_order(section, levels, expires)
    return tuple(levels)


def _level(section: Section) -> list[Escalation]:
    after, to = section.duration("after", None), section.texts("to")
    for key in ("after", "to"):
        if not section.has(key):
            section.complain(None, f"A level of `escalate` has no `{key}`.", _LEVELS)
    section.finish()
    return [Escalation(after, _asked(section, "to", to))] if after and to else []


def _asked(section: Section, key: str, to: tuple[str, ...]) -> tuple[str, ...]:
    """Return whom to ask; each is an id, a handle of a group, or a channel."""
    for one in to:
        if one.strip() != one or " " in one or not one.strip("@#"):
            section.complain(
                key,
                f"`{key}` cannot be `{one}`.",
                "Name people by their ids, groups as `@oncall` and channels as `#ops`.",
            )
    return to


def _check_order(section: Section, levels: list[Escalation], expires: timedelta | None) -> None:
    key = "escalate" if section.has("escalate") else "escalate_after"
    times = [level.after for level in levels]
    if times != sorted(set(times)):
        problem = "The levels of `escalate` do not follow each other in time."
        section.complain(
            key, problem, "Put the earliest first; each `after` counts from the asking."
        )
    if expires is not None and times and max(times) >= expires:
        problem = "An escalation comes after the approval has expired."
        section.complain(key, problem, "Make `expires` longer, or escalate earlier.")
