"""tools: what there is to work with."""

from difflib import get_close_matches

from blocks import lists
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.edge import Edge
from opstream.errors import NotFound


async def tools(ask: Ask, edge: Edge) -> Message:
    """List tools and models with their health, or one source of tools with its operations."""
    if ask.first_word is None:
        today = await edge.services.costs.today(by=ask.by)
        return lists.tools(edge.services.operations.sources(), today)
    return source_page(ask.first_word, 0, edge)


def source_page(name: str, offset: int, edge: Edge) -> Message:
    """Return a page of a source's operations.

    Raises:
        NotFound: there is no such source.
    """
    sources = {one.name: one for one in edge.services.operations.sources()}
    if name not in sources:
        close = get_close_matches(name, list(sources), 2, 0.5)
        raise NotFound("tool", name, close, "`/opstream tools` lists them.")
    return lists.source(sources[name], offset)
