"""Who may decide on an approval, and for whom: the one rule of every way to answer. Pure."""

from collections.abc import Iterable, Sequence

from opstream.domain.approval import Approval, Yes
from opstream.domain.person import Person, Role, Who
from opstream.domain.run import Run
from opstream.errors import NotAllowed
from opstream.governance import permissions
from opstream.governance.permissions import EVERYWHERE, NO_RULES, About, Rules

_DECIDE = "decide on this approval"
_FOUR_EYES = "so somebody else has to decide: four eyes see more than two."


def in_whose_name(
    person: Person,
    approval: Approval,
    run: Run,
    away: Sequence[Person] = (),
    *,
    about: About = EVERYWHERE,
    rules: Rules = NO_RULES,
) -> Who | None:
    """Return for whom a person would decide; None when it is in their own name.

    Args:
        person: Who wants to decide.
        approval: What is asked.
        run: The run that asks; who wanted it and who answers for it now both count as asking.
        away: Those who are away and have this person decide for them.
        about: The workflow and the operations that it is about.
        rules: What is not the same everywhere.

    Raises:
        NotAllowed: the person is a bot, lacks the role, asked for it themselves, or has said yes.
    """
    if person.is_bot:
        raise NotAllowed("A bot cannot decide on an approval; a person has to.")
    refused = _refusal(person, approval, about, rules)
    if refused is not None and not away:
        raise refused
    _require_no_asker(person, approval, run)
    if (own := _said_yes(approval, {person.id})) is not None:
        by = "" if own.by.id == person.id else f" by {own.by.name}, who decided for you"
        raise NotAllowed(
            f"Your yes is counted already{by}; this needs {approval.rule.people} different people."
        )
    if refused is None:
        return None
    for absent in away:
        if _could(absent, approval, run) and not _refusal(absent, approval, about, rules):
            return absent.who
    raise refused


def _refusal(person: Person, approval: Approval, about: About, rules: Rules) -> NotAllowed | None:
    """Return why neither a role nor an escalation lets a person decide; None if one does."""
    if is_named(person, approval.asked_as_well):
        return None
    try:
        permissions.require(person, approval.rule.role, _DECIDE, about, rules)
    except NotAllowed as error:
        return error
    return None


def has_role(person: Person, role: Role, about: About, rules: Rules) -> bool:
    """Return whether a person may decide by their roles, whatever else there is to say."""
    try:
        permissions.require(person, role, _DECIDE, about, rules)
    except NotAllowed:
        return False
    return True


def is_named(person: Person, asked: Iterable[str]) -> bool:
    """Return whether a person, or a group that they are in, is among those who are asked.

    Names do not count, for everybody can change theirs: only ids, and handles of groups.
    """
    mine = {one.lstrip("@") for one in (person.id, *person.groups)}
    return any(one.lstrip("@") in mine for one in asked)


def askers(run: Run) -> frozenset[str]:
    """Return the ids of those who count as asking."""
    return frozenset({run.by.id, run.responsible.id})


def _require_no_asker(person: Person, approval: Approval, run: Run) -> None:
    if approval.rule.asker_may or person.id not in askers(run):
        return
    if person.id == run.by.id:
        raise NotAllowed(f"You started this run, {_FOUR_EYES}")
    raise NotAllowed(f"This run was handed over to you, {_FOUR_EYES}")


def _said_yes(approval: Approval, ids: set[str]) -> Yes | None:
    return next((yes for yes in approval.yeses if yes.ids & ids), None)


def _could(absent: Person, approval: Approval, run: Run) -> bool:
    """Return whether somebody who is away had a say that is not used yet: never in their own asking."""
    return (
        not absent.is_bot
        and absent.id not in askers(run)
        and _said_yes(approval, {absent.id}) is None
    )
