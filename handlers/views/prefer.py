"""The form in which preferences are changed."""

from collections.abc import Mapping

from blocks import preferences as cards
from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.voice import Voice


def check(submission: Submission, edge: Edge) -> Mapping[str, str]:
    """Return what is wrong, under the fields."""
    return cards.faults(submission.values)


async def prefer(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Keep what was chosen, and show it."""
    person = await edge.people.find(submission.asker)
    owner = submission.carried.words or person.id
    chosen = cards.chosen_in(submission.values)
    await edge.services.notifications.prefer(owner, chosen, by=person)
    await voice.whisper(cards.shown(owner, chosen))
