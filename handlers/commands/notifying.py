"""prefs, watch, unwatch: what somebody hears about."""

from blocks import kit
from blocks import preferences as cards
from blocks.kit import Message
from blocks.wording import code
from handlers.commands.ask import Ask
from handlers.commands.run import run_meant
from handlers.edge import Edge
from opstream.errors import BadInput, NotFound


async def prefs(ask: Ask, edge: Edge) -> Message:
    """Show how somebody, or a channel, wants to hear of things."""
    word = (ask.first_word or "").lower()
    if word not in ("", "channel"):
        raise BadInput(
            "Write `/opstream prefs` for yours, or `/opstream prefs channel` in a channel."
        )
    notifications = edge.services.notifications
    if not word:
        mine = await notifications.preferences(ask.by.id, ask.by.timezone)
        return cards.shown(ask.by.id, mine, await notifications.watched(by=ask.by))
    if ask.place.is_direct:
        raise BadInput("This is no channel. Write `/opstream prefs channel` in the one you mean.")
    return cards.shown(ask.place.channel, await notifications.preferences(ask.place.channel))


async def watch(ask: Ask, edge: Edge) -> Message:
    """Let somebody hear of a run, or of all runs of a workflow; or say what they watch."""
    notifications = edge.services.notifications
    if not ask.first_word and not ask.place.thread:
        watched = await notifications.watched(by=ask.by)
        said = ", ".join(code(one, 80) for one in watched[:30])
        return kit.sentence(f"👀 You watch {said}." if said else "You watch nothing yet.")
    subject = await _subject(ask, edge)
    await notifications.watch(subject, by=ask.by)
    return cards.watching(subject, len(await notifications.watchers([subject])))


async def unwatch(ask: Ask, edge: Edge) -> Message:
    """End that."""
    subject = await _subject(ask, edge)
    if await edge.services.notifications.unwatch(subject, by=ask.by):
        return kit.sentence(f"You do not watch {code(subject, 80)} any more.")
    return kit.sentence(f"You did not watch {code(subject, 80)}.")


async def _subject(ask: Ask, edge: Edge) -> str:
    """Return the workflow or run that is meant."""
    if ask.first_word:
        try:
            return edge.services.workflows.latest(ask.first_word).id
        except NotFound:
            pass
    return await run_meant(ask, edge)
