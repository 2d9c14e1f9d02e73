"""The forms that ask which workflow is started: from anywhere, or by a message."""

from blocks import forms, ids, kit
from blocks.forms import View
from blocks.wording import safe
from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.voice import Voice
from opstream.errors import NotFound
from opstream.runs.triggers import Message


def asked_for(submission: Submission, edge: Edge) -> View:
    """Return the form of the workflow that was chosen from anywhere; it takes the place of the choice.

    Raises:
        NotFound: there is no such workflow any more.
    """
    workflow = edge.services.workflows.latest(submission.values.get(ids.FIELD_WORKFLOW) or "")
    channel = submission.values.get(ids.FIELD_CHANNEL) or submission.asker.id
    return forms.start(workflow, {}, {"channel": channel, "thread": None}, submission.key)


async def start(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Start what was chosen, with what the message says."""
    about = submission.carried
    person = await edge.people.find(submission.asker)
    if about.place is None:
        raise NotFound("message", about.words)
    message = Message(
        about.place.channel,
        about.words,
        submission.values.get(ids.FIELD_COMMENT) or "",
        about.place.thread,
        await edge.channels.name(about.place.channel),
    )
    title = submission.values.get(ids.FIELD_WORKFLOW) or ""
    started = await edge.services.triggers.shortcut(title, message, by=person, key=submission.key)
    for one in started.refused:
        await voice.whisper(kit.sentence(safe(str(one), 2_500)))
