"""Ids across workspaces: `C123` at home, `T2/C123` in any other. Pure.

Slack promises that an id is unique within its workspace only, and each workspace has a token of its own. So
ids of people and channels get the workspace in front where Slack's JSON comes in, and lose it where a call
goes out. Everything between keeps them as they are; an install in one workspace never sees such a name.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

_PERSON_OR_CHANNEL = re.compile(r"[UWCDG][A-Z0-9]{2,}")
_MENTION = re.compile(r"<([@#])([UWCDG][A-Z0-9]{2,})")
_NAMED_MENTION = re.compile(r"<([@#])[TE][A-Z0-9]+/([UWCDG][A-Z0-9]+)")
_NAMED = re.compile(r"([TE][A-Z0-9]+)/([UWCDG][A-Z0-9]+)")
_IDS = frozenset(
    {
        "user", "user_id", "channel", "channel_id", "item_user", "inviter", "parent_user_id",
        "selected_user", "selected_users", "selected_channel", "selected_channels",
        "selected_conversation", "selected_conversations", "members", "users", "creator",
    }
)  # fmt: skip
_HOLDERS = frozenset({"user", "channel", "channels"})
_ADDRESSED = ("channel", "user", "users", "channel_id", "user_id", "channels", "recipient_user_id")


def workspace_of(name: str) -> str:
    """Return the workspace of a person or channel, '' for the one at home."""
    return name.rpartition("/")[0]


def qualify(body: MutableMapping[str, Any], workspace: str) -> None:
    """Put the workspace in front of every id of a person or channel in Slack's JSON, in place."""
    for key, value in body.items():
        body[key] = _qualified(key, value, workspace)


def _qualified(key: str, value: object, workspace: str) -> object:
    if isinstance(value, MutableMapping):
        qualify(value, workspace)
        if key in _HOLDERS and "id" in value:
            value["id"] = _named(value["id"], workspace)
    elif isinstance(value, list):
        return [_qualified(key, one, workspace) for one in value]
    elif isinstance(value, str):
        if key in _IDS:
            return _named(value, workspace)
        if key == "text":
            return _MENTION.sub(rf"<\1{workspace}/\2", value)
    return value


def _named(id: object, workspace: str) -> object:
    fits = isinstance(id, str) and _PERSON_OR_CHANNEL.fullmatch(id)
    return f"{workspace}/{id}" if fits else id


def addressed(arguments: Mapping[str, Any]) -> str | None:
    """Return the workspace that a call is meant for by the ids among its arguments.

    '' is the one at home, whose ids are bare; None means that there is no id among them.
    """
    for name in _ADDRESSED:
        value = arguments.get(name)
        if isinstance(value, str):
            if found := _NAMED.match(value):
                return found[1]
            if _PERSON_OR_CHANNEL.match(value):
                return ""
    return None


def bare(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call as Slack knows them."""
    found = {name: _bare(value) for name, value in arguments.items()}
    for name in _ADDRESSED:
        if isinstance(value := found.get(name), str):
            found[name] = _NAMED.sub(r"\2", value)
    return found


def _bare(value: object) -> object:
    if isinstance(value, str):
        return _NAMED_MENTION.sub(r"<\1\2", value)
    if isinstance(value, Mapping):
        return {name: _bare(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(one) for one in value]
    return value
