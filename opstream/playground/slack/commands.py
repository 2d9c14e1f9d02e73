"""Slash commands: the app's own, and the few that Slack brings."""

from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import payloads
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.delivery import Silence
from opstream.playground.slack.desk import Desk, Frame, Refused
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.escaping import command_text, names
from opstream.playground.slack.grants import Hook
from opstream.playground.slack.response_urls import Answer
from opstream.playground.slack.wire import Json


def run(desk: Desk, frame: Frame) -> None:
    """Send a slash command to the app; what it answers, or that it does not, comes to the page later.

    Raises:
        Refused: In threads, and for commands that nobody offers.
    """
    name, _, said = frame.text("text").strip().partition(" ")
    channel = desk.channel(frame)
    if frame.text("thread_ts"):
        raise Refused(f"{name} is not supported in threads. Sorry!")
    if name == "/invite":
        _invite(desk, channel, said.strip())
        return
    command = desk.hub.manifest.command(name)
    if command is None:
        known = ", ".join(one.command for one in desk.hub.manifest.commands)
        raise Refused(f"{name} is not a valid command. What you can use here: {known}, /invite.")
    hook = desk.hub.new_hook(frame.person.id, channel.id)
    written = command_text(desk.hub.workspace, said.strip(), should_escape=command.should_escape)
    payload = payloads.command(desk.act(frame.person, hook=hook), channel, name, written)
    desk.spawn(_send(desk, frame, payload, hook))


async def _send(desk: Desk, frame: Frame, payload: Json, hook: Hook) -> None:
    name = payload["command"]
    outcome = await desk.sockets.deliver("slash_commands", payload, answers=True)
    if isinstance(outcome, Silence):
        desk.fail("command", frame, f'{name} failed with the error "{_error(outcome)}"')
        return
    if not outcome.payload.get("text") and not outcome.payload.get("blocks"):
        return
    try:
        Answer(desk.make_call(outcome.payload), hook).say()
    except SlackError as refused:
        desk.fail("command", frame, f'{name} failed with the error "{refused.code}"')


def _error(silence: Silence) -> Silence:
    return Silence.TIMEOUT if silence is Silence.TIMEOUT else Silence.UNREACHABLE


def _invite(desk: Desk, channel: Channel, wanted: str) -> None:
    """Make someone a member, the app too."""
    found = names(desk.hub.workspace).get(wanted.lstrip("@").lower())
    if found not in desk.hub.workspace.people:
        raise Refused("Say who to invite, for example /invite @opstream.")
    if channel.kind == "im":
        raise Refused("Nobody can be invited to direct messages.")
    if found in channel.members:
        raise Refused(f"@{wanted.lstrip('@')} is in this channel already.")
    desk.hub.record(h.ChannelChanged(replace(channel, members=(*channel.members, found))))
