"""What people do among themselves: write, read, react, look at the app's home."""

from uuid import uuid4

from opstream.playground.slack import happenings as h
from opstream.playground.slack import limits
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.desk import Desk, Frame, Refused
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.escaping import message_text
from opstream.playground.slack.messages import Content, Ephemeral, Message
from opstream.playground.slack.methods.reactions import react as change_reaction
from opstream.playground.slack.people import APP_USER, SLACKBOT
from opstream.playground.slack.wire import Json, truth

NOT_REACTED = {
    "invalid_name": "This is no emoji.",
    "already_reacted": "You have reacted with this already.",
    "no_reaction": "You have not reacted with this.",
    "too_many_emoji": "This message has as many different emoji as it can have.",
}


def post(desk: Desk, frame: Frame) -> Json:
    """Post what a person typed and return its `ts`; the app hears of it as far as it subscribes.

    Raises:
        Refused: It is empty or too long, or its thread is gone.
    """
    channel = desk.channel(frame)
    said = message_text(desk.hub.workspace, frame.text("text").strip())
    if not said:
        raise Refused("Type something first.")
    if len(said) > limits.POST_TEXT:
        raise Refused(f"This is too long: a message has at most {limits.POST_TEXT} characters.")
    message = Message(
        channel=channel.id,
        ts=desk.hub.next_ts(),
        user=frame.person.id,
        content=Content(said),
        thread_ts=_thread(desk, channel, frame.text("thread_ts")),
        client_msg_id=str(uuid4()),
    )
    seen = h.Read(frame.person.id, channel.id, message.thread_ts, message.ts)
    desk.hub.record(h.MessagePosted(message), seen)
    if f"<@{APP_USER}>" in said and APP_USER not in channel.members:
        _explain_absence(desk, message)
    return {"ts": message.ts}


def _thread(desk: Desk, channel: Channel, thread_ts: str) -> str:
    if not thread_ts:
        return ""
    root = desk.hub.workspace.message(channel.id, thread_ts)
    if root is None:
        raise Refused("This thread is no longer here.")
    return root.thread_ts or root.ts


def _explain_absence(desk: Desk, message: Message) -> None:
    """Say, as Slackbot does, that the app cannot hear what is said where it is no member."""
    app = desk.hub.workspace.people[APP_USER]
    sentence = (
        f"You mentioned <@{APP_USER}>, but they are not in this channel."
        f" To bring them in, type `/invite @{app.name}`."
    )
    note = Ephemeral(
        channel=message.channel,
        ts=desk.hub.next_ts(),
        person=message.user,
        user=SLACKBOT,
        content=Content(sentence),
        thread_ts=message.thread_ts,
    )
    desk.hub.record(h.EphemeralPosted(note))


def read(desk: Desk, frame: Frame) -> None:
    """Note that a person has seen everything in a channel or thread.

    Raises:
        Refused: They are not in the channel.
    """
    channel, thread_ts = desk.channel(frame), frame.text("thread_ts")
    workspace = desk.hub.workspace
    log = (
        workspace.replies(channel.id, thread_ts)
        if thread_ts
        else tuple(workspace.messages.get(channel.id, {}).values())[-1:]
    )
    last = log[-1].ts if log else ""
    if last > workspace.reads.get((frame.person.id, channel.id, thread_ts), ""):
        desk.hub.record(h.Read(frame.person.id, channel.id, thread_ts, last))


def react(desk: Desk, frame: Frame) -> None:
    """Add a person's emoji to a message, or take it away.

    Raises:
        Refused: The message is gone, or there is nothing to change.
    """
    channel = desk.channel(frame)
    message = desk.hub.workspace.message(channel.id, frame.text("ts"))
    if message is None:
        raise Refused("This message is no longer here.")
    name, away = frame.text("name").strip(":"), truth(frame.data.get("remove"))
    try:
        change_reaction(desk.hub, message, frame.person.id, name, remove=away)
    except SlackError as refused:
        raise Refused(NOT_REACTED.get(refused.code, refused.code)) from refused


def dismiss(desk: Desk, frame: Frame) -> None:
    """Forget an ephemeral message, as Slack does with the next reload."""
    key = (frame.person.id, frame.text("channel"), frame.text("ts"))
    message = desk.hub.workspace.ephemerals.get(key)
    if message is not None:
        desk.hub.record(h.EphemeralDeleted(message))


def stop_session(desk: Desk, frame: Frame) -> None:
    """Press Stop in a thread that the app is at work in.

    Raises:
        Refused: They are not in the channel.
    """
    channel, thread_ts = desk.channel(frame), frame.text("thread_ts")
    ended = desk.hub.conversing.stop(channel.id, thread_ts)
    desk.hub.record(h.SessionStopped(frame.person.id, channel.id, thread_ts, ended))


def open_home(desk: Desk, frame: Frame) -> None:
    """Look at the Home tab."""
    desk.hub.record(h.HomeOpened(frame.person.id, "home"))


def open_messages(desk: Desk, frame: Frame) -> None:
    """Look at the Messages tab."""
    desk.hub.record(h.HomeOpened(frame.person.id, "messages"))
