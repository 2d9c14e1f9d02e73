"""`chat.*`: posting, editing and deleting messages."""

from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import limits, messages
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.messages import Content, Ephemeral, Message
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.methods.content import content
from opstream.playground.slack.people import APP_USER, SLACKBOT
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json


def destination(call: Call) -> Channel:
    """Return where a message goes: a channel by id or name, or a person's direct messages by user id.

    Raises:
        SlackError: `channel_not_found`, or `not_in_channel` without `chat:write.public`.
    """
    workspace = call.hub.workspace
    wanted = call.text("channel")
    direct = workspace.direct(wanted) if wanted in workspace.people else None
    by_name = {one.name: one for one in workspace.channels.values() if one.kind != "im"}
    channel = direct or by_name.get(wanted.lstrip("#")) or call.channel()
    public = channel.kind == "channel" and "chat:write.public" in call.hub.manifest.scopes
    return channel if public else call.joined(channel)


def thread_of(call: Call, channel: Channel) -> str:
    """Return the thread a message goes to, '' for none.

    Raises:
        SlackError: `thread_not_found`; `cannot_reply_to_message` when it is itself a reply.
    """
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return ""
    root = call.hub.workspace.message(channel.id, thread_ts)
    if root is None:
        raise SlackError("thread_not_found")
    if root.is_reply or root.subtype == "tombstone":
        raise SlackError("cannot_reply_to_message")
    return thread_ts


def post_message(call: Call) -> Json:
    """Post a message of the app."""
    channel = destination(call)
    thread_ts = thread_of(call, channel)
    said = content(call, limits.POST_TEXT)
    broadcast = bool(thread_ts) and call.flag("reply_broadcast")
    message = Message(
        channel=channel.id,
        ts=call.hub.next_ts(),
        user=APP_USER,
        content=said,
        thread_ts=thread_ts,
        subtype="thread_broadcast" if broadcast else "",
    )
    call.hub.record(h.MessagePosted(message))
    thread = call.hub.workspace.thread(message)
    shown = messages.as_slack(message, thread, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def update(call: Call) -> Json:
    """Replace what a message of the app says. Text without blocks removes the blocks."""
    channel = call.joined(call.channel())
    before = call.message(channel, call.text("ts"))
    if not before.by_app:
        raise SlackError("cant_update_message")
    stream = call.hub.conversing.stream(channel.id, before.ts)
    if stream is not None and not stream.stopped:
        raise SlackError("streaming_state_conflict")
    said = content(call, limits.UPDATE_TEXT)
    if not call.has("metadata"):
        said = replace(said, metadata=before.content.metadata)
    after = replace(before, content=said, edited_ts=call.hub.next_ts())
    call.hub.record(h.MessageChanged(after, before))
    shown = messages.as_slack(after, call.hub.workspace.thread(after), metadata=True)
    return {"channel": channel.id, "ts": after.ts, "text": said.text, "message": shown}


def delete(call: Call) -> Json:
    """Delete a message of the app; one with replies leaves a tombstone."""
    channel = call.joined(call.channel())
    message = call.message(channel, call.text("ts"))
    if not message.by_app:
        raise SlackError("cant_delete_message")
    delete_message(call, message)
    return {"channel": channel.id, "ts": message.ts}


def delete_message(call: Call, message: Message) -> None:
    """Take a message away."""
    if not call.hub.workspace.replies(message.channel, message.ts):
        call.hub.record(h.MessageDeleted(message))
        return
    tombstone = replace(
        message,
        user=SLACKBOT,
        content=Content("This message was deleted."),
        subtype="tombstone",
        reactions=(),
    )
    call.hub.record(h.MessageChanged(tombstone, message))


def post_ephemeral(call: Call) -> Json:
    """Show a message to one person."""
    channel = destination(call)
    person = call.text("user")
    if person not in channel.members:
        raise SlackError("user_not_in_channel")
    message = Ephemeral(
        channel=channel.id,
        ts=call.hub.next_ts(),
        person=person,
        user=APP_USER,
        content=content(call, limits.POST_TEXT),
        thread_ts=thread_of(call, channel),
    )
    call.hub.record(h.EphemeralPosted(message))
    return {"message_ts": message.ts}


def get_permalink(call: Call) -> Json:
    """Return the address of a message on the playground's page."""
    channel = call.channel()
    message = call.message(channel, call.text("message_ts"))
    link = f"{call.hub.address}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


WRITE = ("chat:write",)

METHODS: Methods = {
    "chat.postMessage": Method(post_message, Tier.POSTS, WRITE, ("channel",)),
    "chat.update": Method(update, Tier.THREE, WRITE, ("channel", "ts")),
    "chat.delete": Method(delete, Tier.THREE, WRITE, ("channel", "ts")),
    "chat.postEphemeral": Method(post_ephemeral, Tier.FOUR, WRITE, ("channel", "user")),
    "chat.getPermalink": Method(get_permalink, Tier.SPECIAL, (), ("channel", "message_ts")),
}
