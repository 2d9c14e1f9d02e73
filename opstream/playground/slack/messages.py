"""Messages, ephemeral ones too, and how Slack describes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from opstream.playground.slack.people import APP_ID, APP_USER, BOT_ID, TEAM_ID
from opstream.playground.slack.wire import Json, dump, mapping, mappings, text, texts


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji under a message and who put it there, first one first."""

    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says; the part that an edit replaces."""

    text: str
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    metadata: Json | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a channel."""

    channel: str
    ts: str
    user: str
    content: Content
    thread_ts: str = ""  # of its thread; '' outside threads, and on a thread's first message
    subtype: str = ""
    edited_ts: str = ""
    client_msg_id: str = ""
    reactions: tuple[Reaction, ...] = ()

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread (a broadcast reply also shows in the channel)."""
        return bool(self.thread_ts)

    @property
    def in_channel(self) -> bool:
        """Whether it shows in the channel itself."""
        return not self.thread_ts or self.subtype == "thread_broadcast"

    @property
    def by_app(self) -> bool:
        """Whether the app wrote it."""
        return self.user == APP_USER


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """A message that one person sees."""

    channel: str
    ts: str
    person: str
    user: str
    content: Content
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread around a message: who began it and, for its first message, the replies, oldest first."""

    parent_user: str
    replies: tuple[Message, ...] = ()


SPOKEN_TO = re.compile(r"<@(U\w+)|<!subteam\^(S\w+)|<!(here|channel|everyone)>|_id\":\"([US]\w+)")


def spoken_to(content: Content) -> frozenset[str]:
    """Return who a message names: ids of people and groups, and `here`, `channel` or `everyone`."""
    said = content.text + (dump(content.blocks) if content.blocks else "")
    return frozenset(name for match in SPOKEN_TO.finditer(said) for name in match.groups() if name)


def _content(content: Content) -> Json:
    shape: Json = {"text": content.text}
    if content.blocks:
        shape["blocks"] = list(content.blocks)
    if content.attachments:
        shape["attachments"] = list(content.attachments)
    return shape


def _author(user: str) -> Json:
    if user != APP_USER:
        return {"user": user}
    profile: Json = {
        "id": BOT_ID,
        "app_id": APP_ID,
        "user_id": APP_USER,
        "name": "OpStream",
        "deleted": False,
        "updated": 0,
        "team_id": TEAM_ID,
    }
    return {"user": user, "bot_id": BOT_ID, "app_id": APP_ID, "bot_profile": profile}


def _thread(message: Message, thread: Thread | None) -> Json:
    if message.thread_ts:
        parent = thread.parent_user if thread else ""
        return {"thread_ts": message.thread_ts, "parent_user_id": parent}
    if thread is None or not thread.replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in thread.replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(thread.replies),
        "reply_users": users[:5],
        "reply_users_count": len(users),
        "latest_reply": thread.replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def as_slack(message: Message, thread: Thread | None = None, *, metadata: bool = False) -> Json:
    """Return a message as `conversations.history` does.

    Args:
        message: The message.
        thread: The thread it is in or has begun; None when there is none.
        metadata: Whether to show its metadata (`include_all_metadata`).
    """
    shape: Json = {"type": "message", "ts": message.ts, "team": TEAM_ID}
    shape |= _author(message.user) | _content(message.content) | _thread(message, thread)
    if message.subtype:
        shape["subtype"] = message.subtype
    if message.client_msg_id:
        shape["client_msg_id"] = message.client_msg_id
    if message.edited_ts:
        shape["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        shape["reactions"] = [
            {"name": item.name, "users": list(item.users), "count": len(item.users)}
            for item in message.reactions
        ]
    if metadata and message.content.metadata is not None:
        shape["metadata"] = message.content.metadata
    return shape


def as_page(message: Message, thread: Thread | None) -> Json:
    """Return a message in the shape of the page protocol."""
    shape = as_slack(message, thread, metadata=True)
    if message.is_reply:
        shape["parent_visible"] = message.in_channel
    return shape


def ephemeral_as_page(message: Ephemeral) -> Json:
    """Return an ephemeral message in the shape of the page protocol."""
    shape: Json = {
        "type": "message",
        "subtype": "ephemeral",
        "is_ephemeral": True,
        "channel": message.channel,
        "ts": message.ts,
    }
    shape |= _author(message.user) | _content(message.content)
    if message.thread_ts:
        shape["thread_ts"] = message.thread_ts
    return shape


def content_to_disk(content: Content) -> Json:
    """Return what the store keeps of a content."""
    shape = _content(content)
    if content.metadata is not None:
        shape["metadata"] = content.metadata
    return shape


def content_from(data: Json) -> Content:
    """Return a content from Slack's fields `text`, `blocks`, `attachments` and `metadata`."""
    metadata = data.get("metadata")
    return Content(
        text=text(data.get("text")),
        blocks=tuple(mappings(data.get("blocks"))),
        attachments=tuple(mappings(data.get("attachments"))),
        metadata=mapping(metadata) if isinstance(metadata, dict) else None,
    )


def to_disk(message: Message) -> Json:
    """Return what the store keeps of a message."""
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "content": content_to_disk(message.content),
        "thread_ts": message.thread_ts,
        "subtype": message.subtype,
        "edited_ts": message.edited_ts,
        "client_msg_id": message.client_msg_id,
        "reactions": [[item.name, *item.users] for item in message.reactions],
    }


def _reactions(data: object) -> tuple[Reaction, ...]:
    rows: Sequence[object] = data if isinstance(data, list) else ()
    named = [texts(row) for row in rows]
    return tuple(Reaction(row[0], tuple(row[1:])) for row in named if row)


def from_disk(data: Json) -> Message:
    """Return the message that `to_disk` wrote."""
    return Message(
        channel=text(data.get("channel")),
        ts=text(data.get("ts")),
        user=text(data.get("user")),
        content=content_from(mapping(data.get("content"))),
        thread_ts=text(data.get("thread_ts")),
        subtype=text(data.get("subtype")),
        edited_ts=text(data.get("edited_ts")),
        client_msg_id=text(data.get("client_msg_id")),
        reactions=_reactions(data.get("reactions")),
    )


def ephemeral_to_disk(message: Ephemeral) -> Json:
    """Return what the store keeps of an ephemeral message."""
    return {
        "channel": message.channel,
        "ts": message.ts,
        "person": message.person,
        "user": message.user,
        "content": content_to_disk(message.content),
        "thread_ts": message.thread_ts,
    }


def ephemeral_from_disk(data: Json) -> Ephemeral:
    """Return the ephemeral message that `ephemeral_to_disk` wrote."""
    return Ephemeral(
        channel=text(data.get("channel")),
        ts=text(data.get("ts")),
        person=text(data.get("person")),
        user=text(data.get("user")),
        content=content_from(mapping(data.get("content"))),
        thread_ts=text(data.get("thread_ts")),
    )
