"""`conversations.*`: channels, who is in them, and what was said."""

import re
from collections.abc import Sequence
from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import messages
from opstream.playground.slack.channels import Channel, as_conversation
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.messages import Message
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.methods.paging import page
from opstream.playground.slack.people import APP_USER
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json

TIMESTAMP = re.compile(r"\d+(\.\d+)?")
TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
TYPE_SCOPES = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


def _of_types(call: Call) -> list[Channel]:
    wanted = [one.strip() for one in (call.text("types") or "public_channel").split(",")]
    if any(one not in TYPES for one in wanted):
        raise SlackError("invalid_types")
    for one in wanted:
        call.need_scope(TYPE_SCOPES[one])
    kinds = {TYPES[one] for one in wanted}
    workspace = call.hub.workspace
    return [
        channel
        for channel in workspace.channels.values()
        if channel.kind in kinds and (channel.kind == "channel" or workspace.app_is_in(channel))
    ]


def list_channels(call: Call) -> Json:
    """List the channels of the wanted types that the app may see."""
    found = page(call, _of_types(call))
    shown = [as_conversation(one) for one in found.items]
    return {"channels": shown, "response_metadata": found.metadata}


def of_user(call: Call) -> Json:
    """List the channels someone is in; the app itself without `user`."""
    user = call.text("user") or APP_USER
    if user not in call.hub.workspace.people:
        raise SlackError("user_not_found")
    found = page(call, [one for one in _of_types(call) if user in one.members])
    shown = [as_conversation(one) for one in found.items]
    return {"channels": shown, "response_metadata": found.metadata}


def info(call: Call) -> Json:
    """Describe one channel."""
    return {"channel": as_conversation(call.channel(right="read"))}


def members(call: Call) -> Json:
    """List who is in a channel."""
    found = page(call, call.channel(right="read").members)
    return {"members": list(found.items), "response_metadata": found.metadata}


def open_direct(call: Call) -> Json:
    """Return the direct messages with a person."""
    workspace = call.hub.workspace
    if call.has("channel"):
        channel = call.channel()
    else:
        call.require("users")
        users = call.text("users").split(",")
        if len(users) > 1:
            raise SlackError("method_not_supported_for_channel_type")
        if users[0] not in workspace.people:
            raise SlackError("user_not_found")
        direct = workspace.direct(users[0])
        if direct is None:
            raise SlackError("user_not_visible")
        channel = direct
    shown = as_conversation(channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shown, "no_op": True, "already_open": True}


def join(call: Call) -> Json:
    """Make the app a member of a public channel."""
    channel = call.channel()
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if call.hub.workspace.app_is_in(channel):
        return {"channel": as_conversation(channel), "warning": "already_in_channel"}
    channel = replace(channel, members=(*channel.members, APP_USER))
    call.hub.record(h.ChannelChanged(channel))
    return {"channel": as_conversation(channel)}


def _in_time(call: Call, log: Sequence[Message]) -> list[Message]:
    """Keep the messages between `oldest` and `latest`."""
    oldest, latest = call.text("oldest"), call.text("latest")
    for given, error in ((oldest, "invalid_ts_oldest"), (latest, "invalid_ts_latest")):
        if given and given != "now" and not TIMESTAMP.fullmatch(given):
            raise SlackError(error)
    low = float(oldest or 0)
    high = float(latest) if latest and latest != "now" else float("inf")
    inclusive = call.flag("inclusive")
    return [
        one
        for one in log
        if low < float(one.ts) < high or (inclusive and float(one.ts) in (low, high))
    ]


def history(call: Call) -> Json:
    """Return messages of a channel, newest first; thread replies only where they were broadcast."""
    channel = call.joined(call.channel(right="history"))
    log = call.hub.workspace.messages.get(channel.id, {})
    shown = [one for one in reversed(log.values()) if one.in_channel]
    found = page(call, _in_time(call, shown), key=lambda one: one.ts)
    return {
        "messages": [_show(call, one) for one in found.items],
        "has_more": bool(found.next_cursor),
        "pin_count": 0,
        "response_metadata": found.metadata,
    }


def replies(call: Call) -> Json:
    """Return a thread, oldest first, its first message always on top."""
    channel = call.joined(call.channel(right="history"))
    root = call.hub.workspace.message(channel.id, call.text("ts"))
    if root is None:
        raise SlackError("thread_not_found")
    thread = _in_time(call, call.hub.workspace.replies(channel.id, root.ts))
    found = page(call, [root, *thread], key=lambda one: one.ts)
    return {
        "messages": [_show(call, one) for one in found.items],
        "has_more": bool(found.next_cursor),
        "response_metadata": found.metadata,
    }


def _show(call: Call, message: Message) -> Json:
    thread = call.hub.workspace.thread(message)
    return messages.as_slack(message, thread, metadata=call.flag("include_all_metadata"))


READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
OPEN = ("im:write", "channels:manage", "groups:write", "mpim:write")

METHODS: Methods = {
    "conversations.list": Method(list_channels, Tier.TWO, READ),
    "conversations.info": Method(info, Tier.THREE, READ, ("channel",)),
    "conversations.members": Method(members, Tier.FOUR, READ, ("channel",)),
    "conversations.open": Method(open_direct, Tier.THREE, OPEN),
    "conversations.join": Method(join, Tier.THREE, ("channels:join",), ("channel",)),
    "conversations.history": Method(history, Tier.THREE, HISTORY, ("channel",)),
    "conversations.replies": Method(replies, Tier.THREE, HISTORY, ("channel", "ts")),
    "users.conversations": Method(of_user, Tier.THREE, READ),
}
