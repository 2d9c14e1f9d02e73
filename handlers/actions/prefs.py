"""Buttons on preferences, and those by which somebody watches a run."""

from blocks import kit
from blocks import preferences as cards
from blocks.forms import View
from blocks.wording import code
from handlers.actions.approvals import place_of
from handlers.edge import Edge
from handlers.failures import open_form
from handlers.payloads import Press
from handlers.voice import Voice


async def edit(press: Press, edge: Edge, voice: Voice) -> None:
    """Open the form for preferences: of whoever pressed, or of the channel that the button names."""
    owner = press.carried.words
    is_channel = owner.rpartition("/")[2].startswith(("C", "G"))

    async def form() -> View:
        person = await edge.people.find(press.asker)
        whose = owner if is_channel else person.id
        zone = "" if is_channel else person.timezone
        notifications = edge.services.notifications
        chosen = await notifications.preferences(whose, zone)
        return cards.form(whose, chosen, notifications.outside, place_of(press))

    await open_form(edge, press.trigger_id, "Notifications", form)


async def watch(press: Press, edge: Edge, voice: Voice) -> None:
    """Let somebody hear of a run."""
    person = await edge.people.find(press.asker)
    notifications, run = edge.services.notifications, press.carried.run
    await notifications.watch(run, by=person)
    await voice.whisper(cards.watching(run, len(await notifications.watchers([run]))))


async def unwatch(press: Press, edge: Edge, voice: Voice) -> None:
    """End that."""
    person = await edge.people.find(press.asker)
    subject = press.carried.words or press.carried.run
    await edge.services.notifications.unwatch(subject, by=person)
    await voice.replace(kit.sentence(f"You do not watch {code(subject, 80)} any more."))
