"""Buttons on prompt templates and their drafts: look at one, write it, test it, publish it."""

from blocks import prompts as cards
from blocks.forms import View
from handlers.actions.approvals import place_of
from handlers.commands import prompts
from handlers.edge import Edge
from handlers.failures import open_form
from handlers.payloads import Press
from handlers.voice import Voice


async def show(press: Press, edge: Edge, voice: Voice) -> None:
    """Show a template to whoever asked."""
    await voice.whisper(prompts.closeup(press.carried.words, edge))


async def edit(press: Press, edge: Edge, voice: Voice) -> None:
    """Open a template in the editor, or the beginning of one that is not there yet."""

    async def form() -> View:
        name, book = press.carried.words, edge.services.prompts.book
        text = book.source(name) if book.find(name) else prompts.beginning(name)
        return cards.editor(text, place_of(press))

    await open_form(edge, press.trigger_id, prompts.WRITE, form)


async def test(press: Press, edge: Edge, voice: Voice) -> None:
    """Put the examples of a template to a model."""
    person = await edge.people.find(press.asker)
    await voice.whisper(await prompts.tested(press.carried.words, person, edge))


async def test_draft(press: Press, edge: Edge, voice: Voice) -> None:
    """Put the examples of a draft to a model."""
    person = await edge.people.find(press.asker)
    found = await edge.services.prompts.test_draft(press.carried.draft, by=person)
    await voice.whisper(cards.tested(found))


async def bring_back(press: Press, edge: Edge, voice: Voice) -> None:
    """Propose an older version as the newest one."""
    person = await edge.people.find(press.asker)
    about = press.carried
    await voice.whisper(await prompts.brought_back(about.words, about.revision, person, edge))


async def edit_draft(press: Press, edge: Edge, voice: Voice) -> None:
    """Open a draft in the editor again."""

    async def form() -> View:
        person = await edge.people.find(press.asker)
        text = await edge.services.prompts.text(press.carried.draft, by=person)
        return cards.editor(text, place_of(press), press.carried.draft)

    await open_form(edge, press.trigger_id, prompts.WRITE, form)


async def publish(press: Press, edge: Edge, voice: Voice) -> None:
    """Ask why a draft is published."""

    async def form() -> View:
        about = press.carried
        return cards.publication(about.draft, about.words, place_of(press))

    await open_form(edge, press.trigger_id, "Publish", form)
