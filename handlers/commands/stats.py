"""stats: how well it all runs."""

import re
from collections.abc import Sequence
from datetime import timedelta

from blocks import stats as cards
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.commands.status import titles
from handlers.edge import Edge
from opstream.domain import durations
from opstream.errors import BadInput
from opstream.runs.statistics import USUAL

_FILLING = frozenset({"since", "last", "of", "for", "the"})
_DAYS = re.compile(r"\d{1,4}")


async def stats(ask: Ask, edge: Edge) -> Message:
    """Show runs by outcome and day, how long they took, approvals, what fails, and what models cost."""
    words = [one for one in ask.sentence.words if one.lower() not in _FILLING]
    name, span = _split(words)
    workflow = edge.services.workflows.latest(name).id if name else None
    found = await edge.services.statistics.over(_while(span), by=ask.by, workflow_id=workflow)
    if workflow:
        return cards.report(found, titles(edge))
    spared = await edge.services.knowledge.saved()
    spending = await edge.services.costs.since(found.span.since)
    return cards.report(found, titles(edge), spared, spending)


def _split(words: Sequence[str]) -> tuple[str, str]:
    """Return the workflow that is named, and the stretch of time; '' for what is not said.

    Raises:
        BadInput: two workflows are named.
    """
    named = [one for one in words if not one[0].isdigit() and durations.parse(f"1 {one}") is None]
    if len(named) > 1:
        raise BadInput(
            "Name one workflow at most, for example `/opstream stats application_profiling 30d`."
        )
    return "".join(named), " ".join(one for one in words if one not in named)


def _while(text: str) -> timedelta:
    """Return how far to look back; a bare number means days.

    Raises:
        BadInput: the text is no stretch of time, or longer than a year.
    """
    if not text:
        return USUAL
    found = timedelta(days=int(text)) if _DAYS.fullmatch(text) else durations.parse(text)
    if not found or found > durations.LONGEST:
        raise BadInput(
            f"`{text[:40]}` is no stretch of time that I can look back. Write for example `7d`, "
            "`2 weeks` or `90d`, up to a year."
        )
    return found
