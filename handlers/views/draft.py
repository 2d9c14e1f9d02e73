"""The forms in which a workflow is written and published."""

from collections.abc import Mapping

from blocks import drafts as cards
from blocks import ids
from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.voice import Voice


def check(submission: Submission, edge: Edge) -> Mapping[str, str]:
    """Return what is wrong with the workflow, under the fields; nothing that was typed is lost."""
    complaints = edge.services.drafts.complaints(cards.joined(submission.values))
    return cards.faults(submission.values, complaints)


async def propose(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Show what the text would change."""
    person = await edge.people.find(submission.asker)
    draft = await edge.services.drafts.propose(cards.joined(submission.values), by=person)
    await voice.whisper(cards.proposal(draft.id, draft.workflow, draft.difference))


async def publish(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Publish a draft, and tell all who are there."""
    person = await edge.people.find(submission.asker)
    why = submission.values.get(ids.FIELD_WHY) or ""
    workflow = await edge.services.drafts.publish(submission.carried.draft, why, by=person)
    await voice.say(cards.published(workflow, person.who, why))
