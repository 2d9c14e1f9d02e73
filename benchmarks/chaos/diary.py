"""What people did and were told, by their own account."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Promise:
    """A start that was acknowledged: from here on the run may not be lost."""

    run: str
    workflow: str
    value: int
    key: str
    by: str


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a person did to a run, and what they were told.

    Args:
        what: `decide`, `fill_in`, `clear`, `deliver`, `reply`, `pause`, `resume` or `cancel`.
        said: What they wanted: a verdict, a number, an amount, a text.
        told: `done`; the name of an error; or `nothing`, when the process died first.
    """

    what: str
    run: str
    by: str
    step: str = ""
    revision: int = 0
    said: Any = None
    key: str = ""
    told: str = "done"


@dataclass(slots=True)
class Diary:
    """All of it, in the order in which it was told."""

    promises: dict[str, Promise] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)

    def done(self, what: str) -> list[Deed]:
        """Return the deeds of a kind that were acknowledged."""
        return [one for one in self.deeds if one.what == what and one.told == "done"]
