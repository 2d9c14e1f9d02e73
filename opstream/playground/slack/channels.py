"""Channels and direct messages, and how Slack describes them."""

from dataclasses import dataclass
from typing import Literal

from opstream.playground.slack.people import APP_USER, TEAM_ID
from opstream.playground.slack.wire import Json, text, texts

Kind = Literal["channel", "group", "im"]

SCOPE_PREFIX: dict[Kind, str] = {"channel": "channels", "group": "groups", "im": "im"}
"""`channels:history` reads a channel, `groups:history` a private one, `im:history` a direct message."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A place for messages: public (`channel`), private (`group`), or with one person (`im`)."""

    id: str
    name: str
    kind: Kind = "channel"
    topic: str = ""
    members: tuple[str, ...] = ()
    user: str = ""  # the person of an `im`
    created: int = 0


def as_page(channel: Channel) -> Json:
    """Return a channel in the shape of the page protocol."""
    shape: Json = {
        "id": channel.id,
        "name": channel.name,
        "kind": "im" if channel.kind == "im" else "channel",
        "topic": channel.topic,
        "members": list(channel.members),
    }
    if channel.kind == "im":
        shape["user"] = channel.user
    if channel.kind == "group":
        shape["is_private"] = True
    return shape


def as_conversation(channel: Channel) -> Json:
    """Return a channel as `conversations.info` does for the app."""
    if channel.kind == "im":
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": TEAM_ID,
            "user": channel.user,
            "is_user_deleted": False,
            "priority": 0,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "group",
        "is_general": channel.name == "general",
        "is_archived": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": APP_USER in channel.members,
        "created": channel.created,
        "creator": "",
        "context_team_id": TEAM_ID,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def to_disk(channel: Channel) -> Json:
    """Return what the store keeps of a channel."""
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "members": list(channel.members),
        "user": channel.user,
        "created": channel.created,
    }


def from_disk(data: Json) -> Channel:
    """Return the channel that `to_disk` wrote."""
    kinds: dict[str, Kind] = {"channel": "channel", "group": "group", "im": "im"}
    return Channel(
        id=text(data.get("id")),
        name=text(data.get("name")),
        kind=kinds[text(data.get("kind"))],
        topic=text(data.get("topic")),
        members=tuple(texts(data.get("members"))),
        user=text(data.get("user")),
        created=int(text(data.get("created")) or 0),
    )
