"""Who may do what: pure rules, asked before every change (see `guard.py`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from opstream.domain.person import Person, Role
from opstream.errors import NotAllowed

PUBLISHER = Role.ADMIN
"""The role that publishing a workflow takes: what it says runs with the rights of OpStream."""

_RANK = {role: rank for rank, role in enumerate(Role)}
GIVERS = "An admin can give it: `/opstream role @you {role}`, or `config/roles.yaml`."


@dataclass(frozen=True, slots=True)
class Rules:
    """What is not the same everywhere.

    Args:
        workflows: By the name of a workflow, or a pattern such as `pay_*`: who holds which role there,
            by their ids and groups. A role that is named there is held by those people and by admins,
            and by nobody else.
        operations: By a pattern such as `estate.rollback*`: the role it takes to start what calls it.
    """

    workflows: Mapping[str, Mapping[Role, frozenset[str]]] = field(default_factory=dict)
    operations: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What a deed is about.

    Args:
        workflow: Its workflow; '' for none.
        operations: What is called by it.
    """

    workflow: str = ""
    operations: tuple[str, ...] = ()


EVERYWHERE = About()
NO_RULES = Rules()


def has(person: Person, role: Role) -> bool:
    """Return whether a person holds a role, or one that includes it."""
    return person.has(role)


def holds(person: Person, role: Role, workflow: str, rules: Rules) -> bool:
    """Return whether a person holds a role where a workflow is concerned."""
    if has(person, Role.ADMIN):
        return True
    named = [rule for name, rule in rules.workflows.items() if fnmatchcase(workflow, name)]
    mine = {person.id, *person.groups}
    for rule in named if workflow else ():
        if any(_RANK[one] >= _RANK[role] and mine & who for one, who in rule.items()):
            return True
    if workflow and any(role in rule for rule in named):
        return False
    return has(person, role)


def needed(role: Role, operations: Iterable[str], rules: Rules) -> tuple[Role, str]:
    """Return the role that a deed takes, and the operation because of which; '' for none."""
    because = ""
    for operation in operations:
        for pattern, wanted in rules.operations.items():
            if fnmatchcase(operation, pattern) and _RANK[wanted] > _RANK[role]:
                role, because = wanted, operation
    return role, because


def require(
    person: Person, role: Role, deed: str, about: About = EVERYWHERE, rules: Rules = NO_RULES
) -> None:
    """Refuse a deed, such as "start a workflow", to who lacks the role.

    Raises:
        NotAllowed: the person is a bot, or lacks the role.
    """
    if person.is_bot:
        raise NotAllowed(f"A bot cannot {deed}; a person has to.")
    wanted, because = needed(role, about.operations, rules)
    if holds(person, wanted, about.workflow, rules):
        return
    held = ", ".join(sorted(person.roles)) or "none"
    where = f" of `{about.workflow}`" if about.workflow else ""
    why = f", because it calls `{because}`" if because else ""
    hint = GIVERS.format(role=wanted.value)
    if has(person, wanted):
        hint = "There the role is for those whom an admin names in `config/roles.yaml`."
    raise NotAllowed(
        f"To {deed}{where} you need the role `{wanted}`{why}, and yours is {held}. {hint}"
    )
