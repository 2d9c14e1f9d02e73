"""The entry in the menu of a message that starts a workflow with what the message says."""

from blocks import shortcuts as cards
from blocks.forms import View
from handlers.edge import Edge
from handlers.failures import open_form
from handlers.payloads import Called
from handlers.voice import Voice


async def choose(called: Called, edge: Edge, voice: Voice) -> None:
    """Ask which workflow the message starts."""

    async def form() -> View:
        titles = edge.services.triggers.triggers_of_chat().shortcuts
        place = {"channel": called.place.channel, "thread": called.place.thread}
        return cards.choose(titles, called.text, place, called.ts)

    await open_form(edge, called.trigger_id, "Start a workflow", form)
