"""What a person's page shows: all of it at once, and then each change. Pure; the shapes are the page protocol's."""

from opstream.playground.slack import channels, messages, people, views
from opstream.playground.slack import happenings as h
from opstream.playground.slack.manifest import Manifest
from opstream.playground.slack.messages import Message
from opstream.playground.slack.people import APP_ID, APP_USER, TEAM_ID, TEAM_NAME
from opstream.playground.slack.reading import unread, unread_thread, unread_threads
from opstream.playground.slack.wire import Json
from opstream.playground.slack.workspace import Workspace


def snapshot(workspace: Workspace, me: str) -> Json:
    """Return everything a person sees, without the app's own part."""
    mine = workspace.channels_of(me)
    counts = {channel.id: unread(workspace, me, channel) for channel in mine}
    home = workspace.homes.get(me)
    ephemerals = [one for one in workspace.ephemerals.values() if one.person == me]
    return {
        "type": "snapshot",
        "workspace": {"id": TEAM_ID, "name": TEAM_NAME},
        "me": people.as_page(workspace.people[me]),
        "people": [people.as_page(one) for one in workspace.people.values()],
        "groups": [
            {"id": group.id, "handle": group.handle, "name": group.name}
            for group in workspace.groups
        ],
        "channels": [channels.as_page(channel) for channel in mine],
        "messages": {
            channel.id: [
                messages.as_page(message, workspace.thread(message))
                for message in workspace.messages.get(channel.id, {}).values()
            ]
            for channel in mine
        },
        "ephemerals": [messages.ephemeral_as_page(one) for one in ephemerals],
        "views": [views.as_slack(view) for view in workspace.stacks.get(me, ())],
        "home": views.as_slack(home) if home else None,
        "snooze": workspace.snoozes.get(me, 0.0),
        "unread": {place: one.count for place, one in counts.items()},
        "mentions": {place: one.mentions for place, one in counts.items()},
        "unread_threads": dict(unread_threads(workspace, me)),
        "prompts": {
            channel.id: _prompts(workspace.prompts[channel.id])
            for channel in mine
            if channel.id in workspace.prompts
        },
    }


def app(manifest: Manifest, completions: list[Json], *, connected: bool) -> Json:
    """Return the app's part of the snapshot."""
    return {
        "app_id": APP_ID,
        "name": manifest.bot_name,
        "user_id": APP_USER,
        "connected": connected,
        "commands": [
            {
                "command": one.command,
                "description": one.description,
                "usage_hint": one.usage_hint,
            }
            for one in manifest.commands
        ],
        "completions": completions,
        "shortcuts": [
            {
                "name": one.name,
                "callback_id": one.callback_id,
                "type": one.kind,
                "description": one.description,
            }
            for one in manifest.shortcuts
        ],
    }


def frames(happening: h.Happening, workspace: Workspace, me: str) -> list[Json]:
    """Return what a person's page is told of a happening, [] when it is none of theirs."""
    match happening:
        case h.ChannelChanged(channel):
            shown: Json = {"type": "channel", "channel": channels.as_page(channel)}
            return [shown] if me in channel.members else []
        case h.MessagePosted() | h.MessageChanged() | h.MessageDeleted():
            channel = workspace.channels[happening.message.channel]
            return _message_frames(happening, workspace, me) if me in channel.members else []
        case h.EphemeralPosted() | h.EphemeralDeleted():
            return _ephemeral_frames(happening) if happening.message.person == me else []
        case h.ViewOpened() | h.ViewUpdated() | h.ViewClosed() | h.HomePublished():
            return _view_frames(happening) if happening.view.person == me else []
        case h.EntityPresented(person) | h.Snoozed(person) if person == me:
            return [_own_frame(happening)]
        case h.Read(person, place, thread_ts, _) if person == me:
            return _read_frames(workspace, me, place, thread_ts)
        case h.StatusSet() | h.SessionSet() | h.PromptsOffered():
            mine = me in workspace.channels[happening.channel].members
            return [_conversing_frame(happening)] if mine else []
        case _:
            return []


def _own_frame(happening: h.EntityPresented | h.Snoozed) -> Json:
    match happening:
        case h.EntityPresented(_, entity, error):
            return {"type": "entity", "entity": entity, "error": error}
        case h.Snoozed(_, until):
            return {"type": "snooze", "until": until}


def _conversing_frame(happening: h.StatusSet | h.SessionSet | h.PromptsOffered) -> Json:
    match happening:
        case h.StatusSet(place, thread_ts, said):
            return {"type": "status", "channel": place, "thread_ts": thread_ts, "text": said}
        case h.SessionSet(place, thread_ts, at_work, stoppable):
            session: Json = {"type": "session", "channel": place, "thread_ts": thread_ts}
            return session | {"at_work": at_work, "stoppable": stoppable}
        case h.PromptsOffered(place):
            return {"type": "prompts", "channel": place} | _prompts(happening)


def _prompts(offered: h.PromptsOffered) -> Json:
    found = [{"title": title, "message": message} for title, message in offered.prompts]
    return {"title": offered.title, "prompts": found}


def _message_frame(kind: str, message: Message, workspace: Workspace) -> Json:
    shown = messages.as_page(message, workspace.thread(message))
    return {"type": kind, "channel": message.channel, "message": shown}


def _message_frames(
    happening: h.MessagePosted | h.MessageChanged | h.MessageDeleted, workspace: Workspace, me: str
) -> list[Json]:
    message = happening.message
    if isinstance(happening, h.MessageChanged):
        return [_message_frame("message_changed", message, workspace)]
    gone: Json = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
    deleted = isinstance(happening, h.MessageDeleted)
    told = [gone if deleted else _message_frame("message", message, workspace)]
    root = workspace.message(message.channel, message.thread_ts) if message.is_reply else None
    if root is not None:
        told.append(_message_frame("message_changed", root, workspace))
    if message.user != me:
        told += _read_frames(workspace, me, message.channel, message.thread_ts)
    return told


def _read_frames(workspace: Workspace, me: str, channel: str, thread_ts: str) -> list[Json]:
    if thread_ts:
        count = unread_thread(workspace, me, channel, thread_ts)
        place: Json = {"type": "unread_thread", "channel": channel, "thread_ts": thread_ts}
        return [place | {"count": count}]
    now = unread(workspace, me, workspace.channels[channel])
    told: Json = {"type": "unread", "channel": channel}
    return [told | {"count": now.count, "mentions": now.mentions}]


def _ephemeral_frames(happening: h.EphemeralPosted | h.EphemeralDeleted) -> list[Json]:
    message = happening.message
    if isinstance(happening, h.EphemeralDeleted):
        return [{"type": "ephemeral_deleted", "channel": message.channel, "ts": message.ts}]
    shown = messages.ephemeral_as_page(message)
    return [{"type": "ephemeral", "channel": message.channel, "message": shown}]


def _view_frames(
    happening: h.ViewOpened | h.ViewUpdated | h.ViewClosed | h.HomePublished,
) -> list[Json]:
    shown = views.as_slack(happening.view)
    match happening:
        case h.ViewOpened():
            return [{"type": "view_opened", "view": shown}]
        case h.ViewUpdated(silent=silent):
            return [] if silent else [{"type": "view_updated", "view": shown}]
        case h.ViewClosed():
            return [{"type": "view_closed", "view_id": happening.view.id}]
        case h.HomePublished():
            return [{"type": "home", "view": shown}]
