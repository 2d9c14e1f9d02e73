"""link: the address of a run, to be shared."""

from blocks import kit
from blocks.kit import Message
from blocks.wording import code
from handlers.commands.ask import Ask
from handlers.commands.run import run_to_read
from handlers.edge import Edge


async def link(ask: Ask, edge: Edge) -> Message:
    """Say where a run is found; whoever may not see it finds nothing there."""
    run_id = await run_to_read(ask, edge)
    address = await edge.addresses.of(run_id)
    if not address:
        return kit.sentence(f"{code(run_id)} has no thread yet. Ask again in a moment.")
    return kit.sentence(f"{code(run_id)} is at {address}\nWho may not see it finds nothing there.")
