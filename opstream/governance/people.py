"""Who is who: gives people at the door their roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opstream.domain.person import Person, Role, Who
from opstream.domain.workflow import ApprovalRule
from opstream.governance import permissions


@dataclass(frozen=True, slots=True)
class RoleBook:
    """Roles as `config/roles.yaml` gives them.

    Args:
        default: Roles of whoever is not named.
        people: Roles by the chat tool's id.
        workspace_admins: Roles of whoever administers the chat workspace.
    """

    default: frozenset[Role] = frozenset({Role.OPERATOR})
    people: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    workspace_admins: frozenset[Role] = frozenset({Role.ADMIN})


class People:
    """The people of this install."""

    def __init__(self, book: RoleBook) -> None:
        self._book = book

    def person(
        self,
        id: str,
        name: str,
        *,
        is_bot: bool = False,
        is_workspace_admin: bool = False,
        timezone: str = "UTC",
    ) -> Person:
        """Return somebody with the roles they have; a bot has none."""
        roles = self._book.people.get(id, self._book.default)
        if is_workspace_admin:
            roles |= self._book.workspace_admins
        return Person(id, name, frozenset() if is_bot else roles, is_bot, timezone)

    def deciders(self, rule: ApprovalRule, asker: Who) -> tuple[str, ...]:
        """Return the ids of those who are named in the role book and may decide, in its order."""
        return tuple(
            id
            for id, roles in self._book.people.items()
            if permissions.has(Person(id, id, roles), rule.role)
            and (rule.asker_may or id != asker.id)
        )
