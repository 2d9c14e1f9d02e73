"""help: written from the table of verbs."""

from collections.abc import Sequence

from blocks import help as cards
from blocks.help import Entry
from blocks.kit import Message
from handlers.edge import Edge


def phrases(edge: Edge) -> list[str]:
    """Return sentences that start a workflow, as their authors wrote them."""
    return [phrase for one in edge.services.workflows.listed() for phrase in one.phrases[:1]]


def overview(entries: Sequence[Entry], edge: Edge) -> Message:
    """Return help on everything."""
    return cards.overview(entries, phrases(edge))


def greeting(name: str, edge: Edge) -> Message:
    """Return a short, friendly help."""
    return cards.greeting(name, phrases(edge))
