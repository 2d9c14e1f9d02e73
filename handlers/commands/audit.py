"""audit: who did what, and when."""

import re
from datetime import datetime, timedelta

from blocks import governance as cards
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.commands.role import somebody
from handlers.edge import Edge
from opstream.domain import durations
from opstream.domain.audit import AuditFilter
from opstream.domain.person import Person
from opstream.errors import BadInput, NotFound

PAGE = 10
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DEED = re.compile(r"[a-z]+\.[a-z_]*")


async def audit(ask: Ask, edge: Edge) -> Message:
    """Show a page of the audit trail."""
    return await audit_page(ask.sentence.words, 0, ask.by, edge)


async def audit_page(words: tuple[str, ...], offset: int, by: Person, edge: Edge) -> Message:
    """Return a page of the audit trail; `words` is the filter as it was typed."""
    wanted = await _filter(words, by, edge)
    trail = edge.services.governance.trail
    page = await trail.page(wanted, by=by, offset=offset, limit=PAGE)
    return cards.trail(page, " ".join(words))


async def _filter(words: tuple[str, ...], by: Person, edge: Edge) -> AuditFilter:
    said = list(words)
    person = subject = deed = ""
    since: datetime | None = None
    while said:
        word = said.pop(0)
        if word.lower() == "since":
            since = _since(" ".join(said), by, edge)
            said = []
        elif word.lower() in ("mine", "me", "my"):
            person = by.id
        elif word.startswith(("<@", "U0")):
            person = (await somebody(word, edge)).id
        elif _DEED.fullmatch(word):
            deed = word
        else:
            subject = await _subject(word, by, edge)
    return AuditFilter(person, subject, deed, since)


async def _subject(word: str, by: Person, edge: Edge) -> str:
    try:
        return await edge.services.runs.resolve(word, by=by, place=None)
    except NotFound:
        return word


def _since(text: str, by: Person, edge: Edge) -> datetime:
    now = edge.clock.now()
    if _DAY.fullmatch(text):
        try:
            return datetime.fromisoformat(text).replace(tzinfo=now.tzinfo)
        except ValueError:
            pass
    found = durations.parse(text)
    if not found or found > timedelta(days=3650):
        raise BadInput(
            f"`{text[:40]}` is no time to look back to. Write for example `since 7d`, `since 2 weeks` "
            "or `since 2026-01-31`."
        )
    return now - found
