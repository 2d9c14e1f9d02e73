"""Who asks, decides and is asked."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do; each role includes the ones before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Who:
    """A person as history remembers them: the chat tool's id, and the name at that time."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person cannot see in the chat, so that runs do not show it to them either.

    Args:
        workspace: Where the person is, '' for the workspace at home; other workspaces are out of sight.
        hidden: Private channels, known to us, that the person is not in.
        private: Private channels, known to us, that they are in: others may not be.
    """

    workspace: str = ""
    hidden: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the door: every use case that changes anything takes one as `by`.

    Args:
        sight: What they cannot see; None for whoever sees all, as at the terminal.
        groups: The chat's groups of people that they are in, by id and by handle.
    """

    id: str
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    is_bot: bool = False
    timezone: str = "UTC"
    sight: Sight | None = None
    groups: frozenset[str] = frozenset()

    def has(self, role: Role) -> bool:
        """Return whether they hold a role everywhere, or one that includes it."""
        ranks = list(Role)
        return any(ranks.index(held) >= ranks.index(role) for held in self.roles)

    @property
    def who(self) -> Who:
        """The part of a person that facts keep."""
        return Who(self.id, self.name)


@dataclass(frozen=True, slots=True)
class GivenRole:
    """A role that an admin gave somebody, or took from them, on top of what the files say.

    Args:
        held: Whether it was given; else it was taken.
    """

    person: str
    role: Role
    held: bool
    at: datetime
    by: Who


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may do, and why.

    Args:
        person: With the roles they have.
        changed: What admins gave or took in the chat.
    """

    person: Person
    changed: tuple[GivenRole, ...]
