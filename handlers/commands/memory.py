"""remember, recall, forget: what OpStream keeps in mind because somebody asked for it."""

import re

from slack_sdk.errors import SlackApiError

from blocks import memory as cards
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.edge import Edge
from handlers.threads import permalink
from handlers.troubles import NETWORK
from opstream.domain.conversation import Place
from opstream.errors import BadInput, NotFound
from opstream.knowledge.library import Document

_LINK = re.compile(
    r"<?(https://[\w.-]+/archives/([A-Z0-9]+)/p(\d{10})(\d{6})(?:\?[^\s>|]*)?)(?:\|[^>]*)?>?"
)
_BEFORE = re.compile(r"(?:that|this|about|of)[:,]?\s+", re.IGNORECASE)


async def remember(ask: Ask, edge: Edge) -> Message:
    """Keep a fact, or the message that a link leads to."""
    text = _BEFORE.sub("", ask.sentence.rest, count=1) if ask.sentence.rest else ""
    knowledge = edge.services.knowledge
    if link := _LINK.fullmatch(text.strip()):
        document = await _message(link, ask, edge)
        return cards.remembered(await knowledge.add(document, by=ask.by, place=ask.place))
    here = await permalink(edge.client, ask.place)
    return cards.remembered(await knowledge.remember(text, by=ask.by, place=ask.place, link=here))


async def recall(ask: Ask, edge: Edge) -> Message:
    """Show what is known about something."""
    question = _BEFORE.sub("", ask.sentence.rest, count=1)
    if not question.strip():
        raise BadInput("Say what you want to know, for example `/opstream recall cart database`.")
    hits = await edge.services.knowledge.look_up(question, by=ask.by, place=ask.place)
    return cards.known(question, hits, shared=not ask.place.is_direct)


async def forget(ask: Ask, edge: Edge) -> Message:
    """Forget one thing for good."""
    id = ask.first_word or ""
    if not id or id.startswith("<@"):
        raise BadInput(
            "Say which thing I should forget, for example `/opstream forget 4f7k2q9d`; `recall` shows the "
            "ids. To have a person forgotten, an admin runs `opstream forget` at the terminal."
        )
    return cards.forgotten(await edge.services.knowledge.forget(id, by=ask.by))


async def _message(link: re.Match[str], ask: Ask, edge: Edge) -> Document:
    """Return the message that a link leads to.

    Raises:
        NotFound: there is none that the person may see.
    """
    channel, ts = link[2], f"{link[3]}.{link[4]}"
    missing = NotFound("message", link[1][:120], hint="I must be in its channel, and you, too.")
    sight = ask.by.sight
    if Place(channel).is_direct or (sight is not None and channel in sight.hidden):
        raise missing
    if sight is not None and channel in sight.private and channel != ask.place.channel:
        raise BadInput(
            "This stands in a private channel. Ask me there, so that it stays among its members."
        )
    try:
        found = await edge.client.conversations_replies(channel=channel, ts=ts, limit=1)
    except (SlackApiError, *NETWORK) as error:
        raise missing from error
    said = [one for one in found.get("messages") or () if one.get("ts") == ts]
    if not said:
        raise missing
    text = str(said[0].get("text") or "")
    title = " ".join(text.split())[:80]
    return Document(title, text, link[1])
