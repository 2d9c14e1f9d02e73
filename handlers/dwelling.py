"""Where the messages of a run stand: where it was asked for, in the default channel, or with who asked."""

from handlers.known import KnownPostings
from handlers.outbox import Outbox
from opstream.domain.conversation import Place
from opstream.domain.run import Run


async def home_of(run: Run, known: KnownPostings, outbox: Outbox, default_channel: str) -> Place:
    """Return where the card of a run stands or shall stand; errors as the outbox.

    Args:
        run: The run.
        known: What stands where already.
        outbox: Knows channels by name, and people's direct messages.
        default_channel: Id or `#name` of the channel for runs that were not started in Slack, or ''.
    """
    if known.card is not None:
        return known.card.place
    if run.place is not None:
        return run.place
    if default_channel:
        return Place(await outbox.channel_named(default_channel))
    return Place(await outbox.direct_channel(run.by.id))
