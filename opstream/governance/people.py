"""Who is who: gives people at the door their roles."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from opstream.domain.approval import Approval
from opstream.domain.person import GivenRole, Person, Role, Sight
from opstream.domain.run import Run
from opstream.governance import deciding
from opstream.governance.permissions import NO_RULES, About, Rules
from opstream.ports import RoleStore

Finder = Callable[[str], Awaitable[Person]]
"""Asks the chat who somebody is, by their id; raises OpStreamError while it does not say."""

_OF_CHAT = re.compile(r"(?:[TE][A-Z0-9]+/)?[UW][A-Z0-9]{2,}")
_ONLY_THEIR_OWN = Sight("nowhere")


@dataclass(frozen=True, slots=True)
class RoleBook:
    """Roles as `config/roles.yaml` gives them.

    Args:
        default: Roles of whoever is not named.
        people: Roles by the chat tool's id.
        workspace_admins: Roles of whoever administers the chat workspace.
        groups: Roles by a group's id or handle.
        rules: What is not the same for every workflow and operation.
    """

    default: frozenset[Role] = frozenset({Role.VIEWER})
    people: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    workspace_admins: frozenset[Role] = frozenset({Role.ADMIN})
    groups: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    rules: Rules = NO_RULES

    @property
    def group_names(self) -> frozenset[str]:
        """The groups that are named anywhere: ids begin with S, handles with @."""
        listed = (who for rule in self.rules.workflows.values() for who in rule.values())
        named = frozenset(one for who in listed for one in who if one[:1] in ("S", "@"))
        return named | frozenset(self.groups)


class People:
    """The people of this install.

    Args:
        book: What the files say.
        given: What admins said since; None for nothing.
    """

    def __init__(self, book: RoleBook, given: RoleStore | None = None) -> None:
        self._book = book
        self._given = given
        self._changed: Mapping[tuple[str, Role], GivenRole] = {}
        self._finder: Finder | None = None

    @property
    def group_names(self) -> frozenset[str]:
        """The groups of the chat whose members have to be known."""
        return self._book.group_names

    @property
    def rules(self) -> Rules:
        """What is not the same for every workflow and operation."""
        return self._book.rules

    async def refresh(self) -> None:
        """Look up which roles were given and taken, here or in another process."""
        if self._given is not None:
            found = await self._given.all()
            self._changed = {(one.person, one.role): one for one in found}

    def bind(self, finder: Finder) -> None:
        """Say who asks the chat about people."""
        self._finder = finder

    async def look_up(self, id: str, name: str) -> Person:
        """Return somebody with the roles and the sight that they have now, also when nobody is at the door.

        A process that is not connected to the chat knows no groups and no channels: there they have
        what the files and admins gave them by name, and see their own runs only.

        Raises:
            OpStreamError: the chat does not say who that is.
        """
        if not _OF_CHAT.fullmatch(id):
            return self.person(id, name)
        if self._finder is not None:
            return await self._finder(id)
        return replace(self.person(id, name), sight=_ONLY_THEIR_OWN)

    def person(
        self,
        id: str,
        name: str,
        *,
        is_bot: bool = False,
        is_workspace_admin: bool = False,
        timezone: str = "UTC",
        groups: frozenset[str] = frozenset(),
    ) -> Person:
        """Return somebody with the roles they have; a bot has none."""
        roles = self.written(id, groups, is_workspace_admin)
        roles |= {one.role for one in self.changed(id) if one.held}
        roles -= {one.role for one in self.changed(id) if not one.held}
        return Person(id, name, frozenset() if is_bot else roles, is_bot, timezone, groups=groups)

    def written(self, id: str, groups: frozenset[str], is_workspace_admin: bool) -> frozenset[Role]:
        """Return the roles that somebody has by the files and the chat alone."""
        by_group = [self._book.groups[one] for one in groups if one in self._book.groups]
        otherwise = frozenset().union(*by_group) if by_group else self._book.default
        roles = self._book.people.get(id, otherwise).union(*by_group)
        return roles | self._book.workspace_admins if is_workspace_admin else roles

    def changed(self, id: str) -> tuple[GivenRole, ...]:
        """Return what admins gave somebody, or took from them, in the chat."""
        return tuple(one for (person, _), one in self._changed.items() if person == id)

    def named(self) -> Mapping[str, frozenset[Role]]:
        """Return the roles of everybody who is named, the files' order first."""
        ids = dict.fromkeys((*self._book.people, *(person for person, _ in self._changed)))
        return {id: self.person(id, id).roles for id in ids}

    def deciders(self, approval: Approval, run: Run) -> tuple[str, ...]:
        """Return the ids of those who are named and may decide by their roles."""
        rule, operations = approval.rule, (approval.call.operation,) if approval.call else ()
        about = About(run.workflow_id, operations)
        listed = (one for rule in self.rules.workflows.values() for one in rule.values())
        ids = dict.fromkeys([*self.named(), *sorted(id for some in listed for id in some)])
        return tuple(
            id
            for id in ids
            if id[:1] not in ("S", "@")
            and deciding.has_role(self.person(id, id), rule.role, about, self.rules)
            and (rule.asker_may or id not in deciding.askers(run))
        )
