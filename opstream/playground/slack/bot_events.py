"""Which events Slack sends the app of a happening. Pure.

Source: docs.slack.dev/reference/events.
"""

from opstream.playground.slack import happenings as h
from opstream.playground.slack import links, messages, views
from opstream.playground.slack.channels import SCOPE_PREFIX, Channel
from opstream.playground.slack.executions import Execution
from opstream.playground.slack.manifest import Manifest
from opstream.playground.slack.messages import Message
from opstream.playground.slack.people import APP_USER, TEAM_ID
from opstream.playground.slack.wire import Json
from opstream.playground.slack.workspace import Workspace

MESSAGE_EVENT = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def events_of(
    happening: h.Happening, workspace: Workspace, manifest: Manifest, event_ts: str
) -> list[Json]:
    """Return the events the app subscribes to and may see; [] when there are none.

    Args:
        happening: What has happened; the workspace knows of it already.
        workspace: Where.
        manifest: The app's.
        event_ts: Time of events that are not about a new message.
    """
    match happening:
        case h.MessagePosted(message):
            return _posted(message, workspace, manifest)
        case h.MessageChanged(message, previous, edited=True):
            before = messages.as_slack(previous, workspace.thread(previous))
            after = messages.as_slack(message, workspace.thread(message), metadata=True)
            change: Json = {"message": after, "previous_message": before}
            return _told("message_changed", message, change, workspace, manifest, event_ts)
        case h.MessageDeleted(message):
            gone: Json = {
                "deleted_ts": message.ts,
                "previous_message": messages.as_slack(message, None),
            }
            return _told("message_deleted", message, gone, workspace, manifest, event_ts)
        case _:
            return _events_of_people(happening, workspace, manifest, event_ts)


def _events_of_people(
    happening: h.Happening, workspace: Workspace, manifest: Manifest, event_ts: str
) -> list[Json]:
    match happening:
        case h.HomeOpened(person, tab):
            return _home_opened(person, tab, workspace, manifest, event_ts)
        case h.SessionStopped():
            return _stopped(happening, manifest, event_ts)
        case h.StepExecuted(execution):
            return _executed(execution, manifest, event_ts)
        case h.Reacted():
            return _reacted(happening, workspace, manifest, event_ts)
        case h.EntityOpened():
            return links.opened(happening, manifest, event_ts)
        case _:
            return []


def _hears_messages(channel: Channel, manifest: Manifest) -> bool:
    scope = f"{SCOPE_PREFIX[channel.kind]}:history"
    return APP_USER in channel.members and manifest.hears(MESSAGE_EVENT[channel.kind], scope)


def _posted(message: Message, workspace: Workspace, manifest: Manifest) -> list[Json]:
    channel = workspace.channels[message.channel]
    shape = messages.as_slack(message, workspace.thread(message), metadata=True)
    shape |= {"channel": channel.id, "event_ts": message.ts}
    events: list[Json] = []
    mentioned = f"<@{APP_USER}>" in message.content.text and not message.by_app
    in_channel = channel.kind != "im" and APP_USER in channel.members
    if mentioned and in_channel and manifest.hears("app_mention", "app_mentions:read"):
        events.append(shape | {"type": "app_mention"})
    if _hears_messages(channel, manifest):
        events.append(shape | {"channel_type": channel.kind})
    return events + links.shared(message, workspace, manifest)


def _told(
    subtype: str,
    message: Message,
    details: Json,
    workspace: Workspace,
    manifest: Manifest,
    event_ts: str,
) -> list[Json]:
    channel = workspace.channels[message.channel]
    if not _hears_messages(channel, manifest):
        return []
    event: Json = {
        "type": "message",
        "subtype": subtype,
        "channel": channel.id,
        "channel_type": channel.kind,
        "hidden": True,
        "ts": event_ts,
        "event_ts": event_ts,
    }
    return [event | details]


def _home_opened(
    person: str, tab: str, workspace: Workspace, manifest: Manifest, event_ts: str
) -> list[Json]:
    direct = workspace.direct(person)
    if direct is None or not manifest.hears("app_home_opened"):
        return []
    event: Json = {
        "type": "app_home_opened",
        "user": person,
        "channel": direct.id,
        "tab": tab,
        "event_ts": event_ts,
    }
    home = workspace.homes.get(person)
    if home is not None and tab == "home":
        event["view"] = views.as_slack(home)
    return [event]


def _stopped(stop: h.SessionStopped, manifest: Manifest, event_ts: str) -> list[Json]:
    if not manifest.hears("agent_session_stopped"):
        return []
    event: Json = {
        "type": "agent_session_stopped",
        "user": stop.person,
        "channel": stop.channel,
        "thread_ts": stop.thread_ts,
        "streaming_message_ts": list(stop.streams),
        "event_ts": event_ts,
    }
    return [event]


def _executed(execution: Execution, manifest: Manifest, event_ts: str) -> list[Json]:
    step = manifest.steps.get(execution.step)
    if step is None or not manifest.hears("function_executed"):
        return []
    described: Json = {
        "id": f"Fn{execution.step.upper()[:9]}",
        "callback_id": execution.step,
        "title": step.title,
        "type": "app",
    }
    event: Json = {
        "type": "function_executed",
        "function": described,
        "inputs": execution.inputs,
        "function_execution_id": execution.id,
        "workflow_execution_id": f"Wx{execution.id[2:]}",
        "event_ts": event_ts,
        "bot_access_token": "xwfp-playground",
    }
    return [event]


def _reacted(
    reacted: h.Reacted, workspace: Workspace, manifest: Manifest, event_ts: str
) -> list[Json]:
    kind = "reaction_removed" if reacted.removed else "reaction_added"
    message = reacted.message
    channel = workspace.channels[message.channel]
    if APP_USER not in channel.members or not manifest.hears(kind, "reactions:read"):
        return []
    event: Json = {
        "type": kind,
        "user": reacted.person,
        "reaction": reacted.name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "team": TEAM_ID,
        "event_ts": event_ts,
    }
    return [event]
