"""Who may do what: pure rules, asked before every change."""

from opstream.domain.person import Person, Role, Who
from opstream.domain.workflow import ApprovalRule
from opstream.errors import NotAllowed

PUBLISHER = Role.ADMIN
"""The role that publishing a workflow takes: what it says runs with the rights of OpStream."""

_RANK = {role: rank for rank, role in enumerate(Role)}


def has(person: Person, role: Role) -> bool:
    """Return whether a person holds a role, or one that includes it."""
    return any(_RANK[held] >= _RANK[role] for held in person.roles)


def require(person: Person, role: Role, deed: str) -> None:
    """Refuse a deed, such as "start a workflow", to who lacks the role.

    Raises:
        NotAllowed: the person is a bot, or lacks the role.
    """
    if person.is_bot:
        raise NotAllowed(f"A bot cannot {deed}; a person has to.")
    if not has(person, role):
        held = ", ".join(sorted(person.roles)) or "none"
        raise NotAllowed(
            f"To {deed} you need the role `{role}`, and yours is {held}. "
            "An admin can change that in `config/roles.yaml`."
        )


def require_decider(person: Person, rule: ApprovalRule, asker: Who) -> None:
    """Refuse to let a person decide on an approval.

    Raises:
        NotAllowed: the person is a bot, lacks the role, or asked for it themselves.
    """
    if person.is_bot:
        raise NotAllowed("A bot cannot decide on an approval; a person has to.")
    require(person, rule.role, "decide on this approval")
    if person.id == asker.id and not rule.asker_may:
        raise NotAllowed(
            "You started this run, so somebody else has to decide: four eyes see more than two."
        )
