"""What happens in channels: replies that a run waits for, questions under its card, and what starts something."""

from blocks import kit
from blocks.wording import safe
from handlers.edge import Edge
from handlers.events import emoji, mention
from handlers.events.replies import replied
from handlers.payloads import Heard, Reacted
from handlers.voice import Voice
from opstream.domain.conversation import Place
from opstream.runs.triggers import Message, Started


async def overheard(heard: Heard, edge: Edge, voice: Voice) -> None:
    """Take what somebody says in a channel as a reply to a run, a question to it, or a start."""
    if heard.addressed:
        return  # it is for somebody, and if that is us, a mention of its own tells us
    if heard.place.thread is not None and await replied(heard, edge):
        return
    await mention.answer_aside(heard, edge, voice)
    if edge.services.triggers.triggers_of_chat().messages:
        person = await edge.people.find(heard.asker)
        message = Message(
            heard.place.channel,
            heard.ts,
            heard.text,
            heard.place.thread,
            await edge.channels.name(heard.place.channel),
        )
        key = f"{heard.place.channel}:{heard.ts}"
        await _tell(await edge.services.triggers.said(message, by=person, key=key), voice)


async def reacted(reaction: Reacted, edge: Edge, voice: Voice) -> None:
    """Take an emoji as the answer to an approval, or start what it starts."""
    if await emoji.decided(reaction, edge):
        return
    if reaction.emoji not in edge.services.triggers.triggers_of_chat().emojis:
        return
    person = await edge.people.find(reaction.asker)
    channel = reaction.place.channel
    found = await edge.outbox.message(Place(channel), reaction.ts)
    if found is None:
        return
    message = Message(
        channel, reaction.ts, found.text, found.thread, await edge.channels.name(channel)
    )
    started = await edge.services.triggers.reacted(
        reaction.emoji, message, by=person, key=reaction.key
    )
    await _tell(started, voice)


async def _tell(started: Started, voice: Voice) -> None:
    """Tell whoever started something why not all of it could be."""
    for one in started.refused:
        await voice.whisper(kit.sentence(safe(str(one), 2_500)))
