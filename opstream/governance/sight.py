"""Who may see a run: whoever can see the conversation that it stands in. Pure."""

from opstream.domain.conversation import Place
from opstream.domain.person import Person, Who


def sees(person: Person, by: Who, place: Place | None) -> bool:
    """Return whether a person may see a run.

    Args:
        by: Who started it.
        place: Where it stands.
    """
    sight = person.sight
    if sight is None or person.id == by.id:
        return True
    if place is None:
        return not sight.workspace
    if place.workspace != sight.workspace or place.is_direct:
        return False
    return place.channel not in sight.hidden
