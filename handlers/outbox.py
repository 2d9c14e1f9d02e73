"""The only door for messages to Slack: paced, and patient with 429. Everything else is for the caller."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from blocks.kit import Message
from blocks.thread import Urgency
from blocks.wording import plain
from handlers.pacing import Lane, Pacing, PostLane
from handlers.pictures import Pictures
from handlers.troubles import Kind, understand
from handlers.workspaces.client import at_home
from handlers.workspaces.names import workspace_of
from opstream.domain.conversation import Place

Fits = Callable[[Mapping[str, Any]], bool]
EVENT_TYPE = "opstream_message"
_UPDATE_TEXT_LIMIT = 3_900
_FALLBACK_LIMIT = 3_000
_PAGE = 200
_PAGES = 25


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, and the thread that it was said in, if any."""

    text: str
    thread: str | None


class Outbox:
    """Posts, edits and finds messages; every call waits for its turn first.

    Each method raises SlackApiError for a refusal other than 429, and what aiohttp raises when no
    answer came.
    """

    def __init__(self, client: AsyncWebClient, pacing: Pacing) -> None:
        self._client = client
        self.pacing = pacing
        self.pictures = Pictures(client)

    async def post(self, place: Place, message: Message, key: str = "") -> tuple[str, str]:
        """Post a message and return its channel id and ts. The caller has waited for its turn."""
        arguments = {"text": message.text, "channel": place.channel, **marked(key)}
        if place.thread:
            arguments["thread_ts"] = place.thread

        async def send(blocks: list[dict[str, Any]]) -> AsyncSlackResponse:
            return await self._client.chat_postMessage(
                unfurl_links=False, unfurl_media=False, **arguments, **_blocks(blocks)
            )

        response = await self.pictures.sent(place.workspace, message.blocks, send)
        return str(response.get("channel") or place.channel), str(response["ts"])

    async def edit(self, channel: str, ts: str, message: Message, key: str = "") -> None:
        """Replace a message. The caller has waited for its turn."""
        arguments = {"channel": channel, "ts": ts, **marked(key)}
        arguments["text"] = plain(message.text, _UPDATE_TEXT_LIMIT)

        async def send(blocks: list[dict[str, Any]]) -> AsyncSlackResponse:
            return await self._client.chat_update(**arguments, **_blocks(blocks))

        await self.pictures.sent(workspace_of(channel), message.blocks, send)

    async def say(self, place: Place, message: Message) -> None:
        """Post a message that belongs to no run, in its turn."""
        lane = self.pacing.posts(place.channel)
        while True:
            await lane.turn(Urgency.DECISION)
            try:
                await self.post(place, message)
            except SlackApiError as error:
                self.wait_if_told(lane, error)
            else:
                return

    def wait_if_told(self, lane: Lane | PostLane, error: SlackApiError) -> None:
        """Close a lane for as long as Slack asks.

        Raises:
            SlackApiError: It asked for nothing of the kind.
        """
        trouble = understand(error)
        if trouble.kind is not Kind.WAIT:
            raise error
        lane.close(trouble.wait_seconds)

    async def find(
        self, place: Place, key: str, since: float, fits: Fits | None = None
    ) -> str | None:
        """Return the ts of our message of that key, or None when there is none.

        Args:
            place: The channel, or the thread in it, to look through.
            key: As the message carries it in its metadata.
            since: Unix time before which it cannot have been posted.
            fits: Tells a message that may carry no key yet.
        """
        cursor = ""
        for _ in range(_PAGES):
            page = await self._page(place, f"{since:.6f}", cursor)
            for one in page.get("messages") or ():
                carried = _key_of(one)
                if carried == key or (fits and not carried and one.get("bot_id") and fits(one)):
                    return str(one["ts"])
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return None

    async def read(self, place: Place, ts: str) -> Message | None:
        """Return one message of ours as it stands, or None when it is gone."""
        page = await self._read(
            lambda: self._client.conversations_replies(
                channel=place.channel, ts=place.thread or ts, oldest=ts, latest=ts, inclusive=True
            )
        )
        for one in page.get("messages") or ():
            if one.get("ts") == ts:
                return Message(str(one.get("text", "")), tuple(one.get("blocks") or ()))
        return None

    async def message(self, place: Place, ts: str) -> "Said | None":
        """Return what a message of anybody says, or None when it is gone."""
        page = await self._read(
            lambda: self._client.conversations_replies(
                channel=place.channel, ts=ts, latest=ts, inclusive=True, limit=1
            )
        )
        for one in page.get("messages") or ():
            if one.get("ts") == ts:
                thread = str(one.get("thread_ts") or "")
                return Said(str(one.get("text", "")), thread if thread not in ("", ts) else None)
        return None

    async def direct_channel(self, person: str) -> str:
        """Return the id of the conversation with a person."""
        response = await self._client.conversations_open(users=person)
        channel = response["channel"]
        return str(channel["id"])

    async def channel_named(self, name: str) -> str:
        """Return the id of a channel given as `#name`, which is one at home; else it is an id already."""
        if not name.startswith("#"):
            return name
        with at_home():
            return await self._sought(name)

    async def _sought(self, name: str) -> str:
        cursor = ""
        for _ in range(_PAGES):
            page = await self._read(partial(self._channels, cursor))
            for one in page.get("channels") or ():
                if one.get("name") == name[1:]:
                    return str(one["id"])
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return name

    async def _channels(self, cursor: str) -> AsyncSlackResponse:
        return await self._client.conversations_list(
            exclude_archived=True, limit=_PAGE, cursor=cursor or None
        )

    async def _page(self, place: Place, oldest: str, cursor: str) -> Mapping[str, Any]:
        if place.thread:
            thread = place.thread
            return await self._read(
                lambda: self._client.conversations_replies(
                    channel=place.channel,
                    ts=thread,
                    oldest=oldest,
                    cursor=cursor or None,
                    limit=_PAGE,
                    include_all_metadata=True,
                )
            )
        return await self._read(
            lambda: self._client.conversations_history(
                channel=place.channel,
                oldest=oldest,
                cursor=cursor or None,
                limit=_PAGE,
                include_all_metadata=True,
            )
        )

    async def _read(self, fetch: Callable[[], Awaitable[AsyncSlackResponse]]) -> Mapping[str, Any]:
        while True:
            await self.pacing.reads.turn(Urgency.NEWS)
            try:
                data = (await fetch()).data
            except SlackApiError as error:
                self.wait_if_told(self.pacing.reads, error)
            else:
                return data if isinstance(data, dict) else {}


def without_blocks(message: Message) -> Message:
    """Return a message as bare text, for blocks that Slack did not take."""
    return Message(plain(message.text, _FALLBACK_LIMIT), ())


def _blocks(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    # Text alone is how Slack drops the blocks of an edited message.
    return {"blocks": blocks} if blocks else {}


def marked(key: str) -> dict[str, Any]:
    """Return the metadata by which a message of ours is found again, as arguments of a call."""
    if not key:
        return {}
    return {"metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}}}


def _key_of(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("key", ""))
