"""Where the thread of a run stands in Slack, and the permalink that leads there."""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.thread import CARD
from handlers.troubles import NETWORK
from opstream.domain.conversation import Place
from opstream.ports import PostingStore


async def thread_of(postings: PostingStore, run_id: str) -> Place | None:
    """Return the thread of a run, or None while its card does not stand."""
    for one in await postings.of_run(run_id) if run_id else ():
        if one.ts is not None and one.key == f"{run_id}/{CARD}":
            return Place(one.place.channel, one.place.thread or one.ts)
    return None


async def permalink(client: AsyncWebClient, place: Place | None) -> str:
    """Return the permalink of a thread, '' for no thread or while Slack does not say."""
    if place is None or place.thread is None:
        return ""
    try:
        found = await client.chat_getPermalink(channel=place.channel, message_ts=place.thread)
    except (SlackApiError, *NETWORK):
        return ""
    return str(found.get("permalink") or "")
