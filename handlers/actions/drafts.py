"""Buttons on workflows and drafts: look at one, write it, publish it."""

from blocks import drafts as cards
from blocks.forms import View
from handlers.actions.approvals import place_of
from handlers.commands import definitions
from handlers.edge import Edge
from handlers.failures import open_form
from handlers.payloads import Press
from handlers.voice import Voice

_WRITE = "Write a workflow"


async def show(press: Press, edge: Edge, voice: Voice) -> None:
    """Show a workflow to whoever asked."""
    await voice.whisper(await definitions.closeup(press.carried.workflow, edge))


async def edit(press: Press, edge: Edge, voice: Voice) -> None:
    """Open the newest version of a workflow in the editor."""

    async def form() -> View:
        text = await definitions.text_of(press.carried.workflow, edge)
        return cards.editor(text, place_of(press))

    await open_form(edge, press.trigger_id, _WRITE, form)


async def new(press: Press, edge: Edge, voice: Voice) -> None:
    """Open the editor with a beginning in it."""

    async def form() -> View:
        return cards.editor(definitions.beginning(press.carried.words), place_of(press))

    await open_form(edge, press.trigger_id, _WRITE, form)


async def edit_draft(press: Press, edge: Edge, voice: Voice) -> None:
    """Open a draft in the editor again."""

    async def form() -> View:
        person = await edge.people.find(press.asker)
        text = await edge.services.drafts.text(press.carried.draft, by=person)
        return cards.editor(text, place_of(press), press.carried.draft)

    await open_form(edge, press.trigger_id, _WRITE, form)


async def publish(press: Press, edge: Edge, voice: Voice) -> None:
    """Ask why a draft is published."""

    async def form() -> View:
        about = press.carried
        return cards.publication(about.draft, about.workflow, place_of(press))

    await open_form(edge, press.trigger_id, "Publish", form)
