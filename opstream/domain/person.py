"""Who asks, decides and is asked."""

from dataclasses import dataclass, field
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
class Person:
    """Somebody at the door: every use case that changes anything takes one as `by`."""

    id: str
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    is_bot: bool = False
    timezone: str = "UTC"

    @property
    def who(self) -> Who:
        """The part of a person that facts keep."""
        return Who(self.id, self.name)
