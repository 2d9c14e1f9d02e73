"""What a message says, and what was said around it: in its thread, or before it in the channel."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError

from blocks.thread import Urgency
from handlers.edge import Edge
from handlers.payloads import Asker, Called, unescaped, words_of
from handlers.troubles import NETWORK, understand
from opstream.agent.context import Marked

log = structlog.get_logger(__name__)
_BEFORE: Final = 6
_AFTER: Final = 4
_PAGE: Final = 100


async def marked(called: Called, edge: Edge) -> Marked:
    """Return a message that somebody pointed at, with its neighbours as far as Slack shows them to us."""
    found = await _near(called, edge)
    said = [f"{await _name(one, edge)}: {unescaped(words_of(one))}" for one in found]
    return Marked(called.text, said)


async def _near(called: Called, edge: Edge) -> Sequence[Mapping[str, Any]]:
    """Return the messages around one, oldest first, without itself."""
    try:
        thread = await _thread(called, edge)
        before = [] if called.place.thread else await _channel(called, edge)
    except (SlackApiError, *NETWORK) as error:  # such as a channel that we are not in
        code = understand(error).code if isinstance(error, SlackApiError) else "network"
        log.info("neighbours_not_read", reason=code)
        return ()
    stamps = {str(one.get("ts")): one for one in (*before, *thread) if words_of(one)}
    earlier = sorted(ts for ts in stamps if float(ts) < float(called.ts))[-_BEFORE:]
    later = sorted(ts for ts in stamps if float(ts) > float(called.ts))[:_AFTER]
    return [stamps[ts] for ts in (*earlier, *later)]


async def _thread(called: Called, edge: Edge) -> Sequence[Mapping[str, Any]]:
    await edge.outbox.pacing.reads.turn(Urgency.NEWS)
    root = called.place.thread or called.ts
    page = await edge.client.conversations_replies(
        channel=called.place.channel, ts=root, limit=_PAGE
    )
    return list(_messages(page.get("messages")))


async def _channel(called: Called, edge: Edge) -> Sequence[Mapping[str, Any]]:
    await edge.outbox.pacing.reads.turn(Urgency.NEWS)
    page = await edge.client.conversations_history(
        channel=called.place.channel, latest=called.ts, limit=_BEFORE
    )
    return list(_messages(page.get("messages")))


def _messages(found: object) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in (found if isinstance(found, list) else ()) if one.get("ts"))


async def _name(message: Mapping[str, Any], edge: Edge) -> str:
    profile = message.get("bot_profile") or {}
    if message.get("bot_id") or not message.get("user"):
        return str(profile.get("name") or message.get("username") or "an app")
    return (await edge.people.find(Asker(str(message["user"])))).name
