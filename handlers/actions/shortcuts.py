"""Shortcuts: starting a workflow from anywhere or with what a message says, and looking into a message."""

from blocks import conversation
from blocks import shortcuts as cards
from blocks.forms import View
from handlers import neighbours
from handlers.commands import asking
from handlers.commands.ask import Ask, parse
from handlers.edge import Edge
from handlers.failures import open_form
from handlers.payloads import Called
from handlers.voice import Voice
from opstream.domain.conversation import Place
from opstream.errors import BadInput


async def start(called: Called, edge: Edge, voice: Voice) -> None:
    """Ask what to start, and where."""
    form = cards.anything(edge.services.workflows.listed())
    await edge.client.views_open(trigger_id=called.trigger_id, view=dict(form))


async def choose(called: Called, edge: Edge, voice: Voice) -> None:
    """Ask which workflow the message starts."""

    async def form() -> View:
        titles = edge.services.triggers.triggers_of_chat().shortcuts
        place = {"channel": called.place.channel, "thread": called.place.thread}
        return cards.choose(titles, called.text, place, called.ts)

    await open_form(edge, called.trigger_id, "Start a workflow", form)


async def investigate(called: Called, edge: Edge, voice: Voice) -> None:
    """Look into a message, and tell in its thread what was found; without a model, tell who asked alone.

    Raises:
        BadInput: the message has no words.
    """
    if not called.text.strip():
        raise BadInput("This message has no words that I could look into. Ask me in its thread.")
    person = await edge.people.find(called.asker)
    thread = Place(called.place.channel, called.place.thread or called.ts)
    key = f"pointed:{thread.channel}:{called.ts}:{called.trigger_id}"
    if not edge.services.agent.available:
        ask = Ask(person, thread, parse(called.text), key)
        if found := await asking.put(called.text, ask, edge):
            await voice.whisper(found)
        return
    marked = await neighbours.marked(called, edge)
    await edge.services.agent.look_into(marked, place=thread, by=person, request_key=key)
    await edge.voice(person.id, thread, called.response_url).say(conversation.looks(person.who))
