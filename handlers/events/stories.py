"""All that happened in a run, told from its beginning: too long for one message, so it is streamed."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

from blocks import journal
from blocks.wording import clock, line
from handlers.commands.ask import Ask
from handlers.commands.run import run_to_read
from handlers.edge import Edge
from handlers.streaming import Audience
from opstream.domain.history import Fact
from opstream.domain.person import Who

AT_ONCE = 25
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_MENTION = re.compile(r"<@(\w+)>")
_CODE = re.compile(r"(`[^`]*`)")
_BRACKET = re.compile(r"([\[\]\\])")
_BOLD = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])")


def is_wanted(ask: Ask) -> bool:
    """Return whether somebody wants all of a log, not a page of it."""
    return ask.sentence.verb == "logs" and ask.sentence.options.get("all") == "yes"


async def tell(ask: Ask, thread: str, edge: Edge) -> bool:
    """Tell the whole log of a run in a thread; return False when it fits on one page.

    Raises:
        NotFound: no run is meant.
    """
    run_id = await run_to_read(ask, edge)
    facts = await edge.services.runs.history(run_id)
    if len(facts) <= AT_ONCE:
        return False
    title = f"All that happened in {run_id}"
    audience = Audience(ask.place.channel, thread, ask.by.id, title)
    await edge.streams.tell(audience, pieces(f"**{title}**", facts))
    return True


async def pieces(head: str, facts: Sequence[Fact]) -> AsyncIterator[str]:
    """Yield a log in markdown, some lines at a time; people are named, not called."""
    names = dict(_people(facts))
    yield f"{head}\n\n"
    for start in range(0, len(facts), AT_ONCE):
        lines = [f"- {_line(fact, names)}" for fact in facts[start : start + AT_ONCE]]
        yield "\n".join(lines) + "\n"


def _people(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    for fact in facts:
        who = getattr(fact, "by", None)  # many kinds of facts have one
        if isinstance(who, Who):
            yield who.id, who.name


def _line(fact: Fact, names: Mapping[str, str]) -> str:
    return markdown(f"{clock(fact.at)} {journal.sentence(fact)}", names)


def markdown(mrkdwn: str, names: Mapping[str, str]) -> str:
    """Return one line of mrkdwn as markdown, which knows no dates and writes bold with two stars.

    Text from outside makes no links and no pictures: outside of code, brackets are just that.

    Args:
        mrkdwn: The line, harmless as mrkdwn.
        names: Of people, by id.
    """
    known = _MENTION.sub(lambda one: f"*{line(names.get(one[1], one[1]), 80)}*", mrkdwn)
    parts = _CODE.split(_DATE.sub(r"\1", known).replace("\n", " "))
    return "".join(
        part if part.startswith("`") else _BOLD.sub(r"**\1**", _BRACKET.sub(r"\\\1", part))
        for part in parts
    )
