"""The forms in which a prompt template is written and published."""

from collections.abc import Mapping

from blocks import drafts, ids
from blocks import prompts as cards
from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.voice import Voice


def check(submission: Submission, edge: Edge) -> Mapping[str, str]:
    """Return what is wrong with the template, under the fields; nothing that was typed is lost."""
    complaints = edge.services.prompts.complaints(drafts.joined(submission.values))
    return drafts.faults(submission.values, complaints)


async def propose(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Show what the text would change."""
    person = await edge.people.find(submission.asker)
    text = drafts.joined(submission.values)
    draft = await edge.services.prompts.propose(text, by=person)
    await voice.whisper(cards.proposal(draft.id, draft.template, draft.difference))


async def publish(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Publish a draft, and tell all who are there."""
    person = await edge.people.find(submission.asker)
    why = submission.values.get(ids.FIELD_WHY) or ""
    template = await edge.services.prompts.publish_draft(submission.carried.draft, why, by=person)
    await voice.say(cards.published(template, person.who, why))
