"""Which entries a person may see, as a condition of SQL; `domain/audience.py` says the same, as tests compare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opstream.domain.person import Person

_SEEN = """
 AND (p.person = :me OR (p.workspace = :home
      AND (p.everyone OR (p.channel <> '' AND p.channel NOT IN :hidden))))
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """What stands after WHERE about passages `p`, and its parameters; `hidden` and `kinds` are lists."""

    sql: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict)


def condition(person: Person | None) -> Condition:
    """Return what leaves out what a person may not see."""
    if person is None or person.sight is None:
        return Condition()
    sight = person.sight
    me = person.id or "\x01"  # nobody has no entries, although many entries are nobody's
    return Condition(_SEEN, {"me": me, "home": sight.workspace, "hidden": sorted(sight.hidden)})
