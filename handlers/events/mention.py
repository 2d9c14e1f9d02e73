"""Being mentioned, or written to: the same verbs as plain words."""

from handlers.commands import help as helping
from handlers.commands import run
from handlers.commands.ask import Ask, parse
from handlers.commands.carrying import carry_out
from handlers.edge import Edge
from handlers.events.chat import replied
from handlers.events.words import understood
from handlers.payloads import Heard
from handlers.voice import Voice


async def answer(heard: Heard, edge: Edge, voice: Voice) -> None:
    """Do what somebody says, or tell them kindly what can be said."""
    person = await edge.people.find(heard.asker)
    if person.is_bot:
        return
    key = f"said:{heard.place.channel}:{heard.ts}"
    said = understood(heard.text)
    ask = Ask(person, heard.place, parse(said or heard.text), key)
    if said is not None:
        message = await carry_out(ask, edge)
    elif found := edge.services.workflows.by_phrase(heard.text):
        message = await run.begin(ask, edge, *found)
    elif heard.place.thread is not None and await replied(heard, edge):
        return
    else:
        message = helping.greeting(person.name, edge)
    if message is not None:
        await voice.say(message)
