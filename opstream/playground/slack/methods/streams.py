"""`chat.startStream`, `chat.appendStream`, `chat.stopStream`: a message that grows.

A stream dies five minutes after it began, also while it is appended to; a person may stop it before.
"""

from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import limits
from opstream.playground.slack.controls import named
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.hub import new_id
from opstream.playground.slack.messages import Content, Message
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.methods.chat import WRITE, destination, thread_of
from opstream.playground.slack.methods.content import metadata_of
from opstream.playground.slack.people import APP_USER, TEAM_ID
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json, mappings, text


def start(call: Call) -> Json:
    """Begin a message that grows, in a thread."""
    channel = destination(call)
    thread_ts = thread_of(call, channel)
    if channel.kind != "im":
        _check_recipient(call)
    message = Message(
        channel=channel.id,
        ts=call.hub.next_ts(),
        user=APP_USER,
        content=_content(_said(call)),
        thread_ts=thread_ts,
    )
    call.hub.conversing.begin(channel.id, message.ts, thread_ts)
    call.hub.record(h.MessagePosted(message))
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> Json:
    """Let a message grow."""
    message = _streaming(call)
    said = _said(call)
    if not said:
        raise SlackError("no_text")
    _grow(call, message, said)
    return {"channel": message.channel, "ts": message.ts}


def stop(call: Call) -> Json:
    """End a message that grew, with more text or blocks at its end if they are given."""
    message = _streaming(call)
    blocks = call.json("blocks", "invalid_blocks")
    if blocks is not None:
        limits.check_message_blocks(blocks)
    grown = _grow(call, message, _said(call), mappings(blocks), metadata_of(call))
    call.hub.conversing.end(message.channel, message.ts)
    return {"channel": grown.channel, "ts": grown.ts}


def _check_recipient(call: Call) -> None:
    for name in ("recipient_user_id", "recipient_team_id"):
        if not call.has(name):
            raise SlackError(f"missing_{name}")
    call.person("recipient_user_id")
    if call.text("recipient_team_id") != TEAM_ID:
        raise SlackError("team_not_found")


def _streaming(call: Call) -> Message:
    channel = call.joined(call.channel())
    message = call.message(channel, call.text("ts"))
    if not message.by_app:
        raise SlackError("message_not_owned_by_app")
    stream = call.hub.conversing.stream(channel.id, message.ts)
    if stream is None:
        raise SlackError("message_not_in_streaming_state")
    if stream.stopped:
        raise SlackError("stopped_by_user")
    return message


def _said(call: Call) -> str:
    chunks = call.json("chunks", "invalid_chunks")
    if chunks is None:
        return call.text("markdown_text")
    texts = [
        text(one.get("text")) for one in mappings(chunks) if one.get("type") == "markdown_text"
    ]
    if not isinstance(chunks, list) or len(texts) != len(chunks):
        raise SlackError("invalid_chunks")
    return "".join(texts)


def _content(said: str, blocks: list[Json] | None = None) -> Content:
    if len(said) > limits.MARKDOWN_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    first: list[Json] = [{"type": "markdown", "text": said}] if said else []
    shown = named([*first, *(blocks or [])], lambda: new_id(length=5))
    return Content(said, tuple(shown))


def _grow(
    call: Call,
    message: Message,
    more: str,
    blocks: list[Json] | None = None,
    metadata: Json | None = None,
) -> Message:
    if not more and not blocks and not metadata:
        return message
    said = replace(_content(message.content.text + more, blocks), metadata=metadata)
    grown = replace(message, content=said)
    call.hub.record(h.MessageChanged(grown, message, edited=False))
    return grown


METHODS: Methods = {
    "chat.startStream": Method(start, Tier.TWO, WRITE, ("channel", "thread_ts")),
    "chat.appendStream": Method(append, Tier.FOUR, WRITE, ("channel", "ts")),
    "chat.stopStream": Method(stop, Tier.TWO, WRITE, ("channel", "ts")),
}
