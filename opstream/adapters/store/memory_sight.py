"""Which entries a person may see, as a condition of SQL and as a function: they say the same, as tests compare.

An entry with a channel is seen by whoever sees that channel, as runs are (`governance/sight.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opstream.domain.conversation import Place
from opstream.domain.memory import Audience
from opstream.domain.person import Person

_SEEN = """
 AND (p.person = :me OR (p.workspace = :home
      AND (p.everyone OR (p.channel <> '' AND p.channel NOT IN :hidden))))
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who may see an entry, as the tables keep it.

    Args:
        channel: '' also for a conversation with one person, which nobody sees by being in it.
    """

    everyone: bool
    person: str
    channel: str
    workspace: str


def standing(audience: Audience, by: str) -> Standing:
    """Return how an audience is kept.

    Args:
        by: Id of whom the entry comes from; what everybody sees, everybody of their workspace sees.
    """
    place = Place(audience.channel)
    workspace = place.workspace if audience.channel else by.rpartition("/")[0]
    channel = "" if not audience.channel or place.is_direct else audience.channel
    return Standing(audience.everyone, audience.person, channel, workspace)


def sees(person: Person | None, entry: Standing) -> bool:
    """Return whether a person may see an entry; None sees all."""
    if person is None or person.sight is None:
        return True
    if entry.person and entry.person == person.id:
        return True
    if entry.workspace != person.sight.workspace:
        return False
    return entry.everyone or bool(entry.channel and entry.channel not in person.sight.hidden)


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
