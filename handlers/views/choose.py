"""The form that asks which workflow a message starts."""

from blocks import ids, kit
from blocks.wording import safe
from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.voice import Voice
from opstream.errors import NotFound
from opstream.runs.triggers import Message


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
