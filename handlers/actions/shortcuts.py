"""Shortcuts: starting a workflow from anywhere, or with what a message says."""

from blocks import shortcuts as cards
from blocks.forms import View
from handlers.edge import Edge
from handlers.failures import open_form
from handlers.payloads import Called
from handlers.voice import Voice


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
