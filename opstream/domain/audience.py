"""Who may see what is remembered: whoever sees the channel that it stands in, as for runs, or whose it is."""

from dataclasses import dataclass

from opstream.domain.conversation import Place
from opstream.domain.memory import Audience
from opstream.domain.person import Person


@dataclass(frozen=True, slots=True)
class Standing:
    """Who may see an entry, worked out.

    Args:
        channel: '' also for a conversation with one person, which nobody sees by being in it.
        workspace: Where those are who see it because all do, or because of its channel.
    """

    everyone: bool
    person: str
    channel: str
    workspace: str

    def seen_by(self, person: Person | None) -> bool:
        """Return whether a person may see it; None sees all."""
        if person is None or person.sight is None:
            return True
        if self.person and self.person == person.id:
            return True
        if self.workspace != person.sight.workspace:
            return False
        return self.everyone or bool(self.channel and self.channel not in person.sight.hidden)


def standing(audience: Audience, by: str) -> Standing:
    """Return who may see what has an audience.

    Args:
        by: Id of whom it comes from; what everybody sees, everybody of their workspace sees.
    """
    place = Place(audience.channel)
    workspace = place.workspace if audience.channel else by.rpartition("/")[0]
    channel = "" if not audience.channel or place.is_direct else audience.channel
    return Standing(audience.everyone, audience.person, channel, workspace)
