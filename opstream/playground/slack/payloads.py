"""What a person does, as the JSON Slack sends to the app. Pure: ids and times come in as arguments.

Source: docs.slack.dev/reference/interaction-payloads and docs.slack.dev/apis/events-api.
"""

from dataclasses import dataclass

from opstream.playground.slack import messages, views
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.controls import SELECTED, Control
from opstream.playground.slack.messages import Ephemeral, Message, Thread
from opstream.playground.slack.people import APP_ID, APP_USER, TEAM_DOMAIN, TEAM_ID, Person
from opstream.playground.slack.views import View
from opstream.playground.slack.wire import Json, text

TOKEN = "playground"  # Slack's retired verification token: sent, and to be ignored


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, and what the app is given in return."""

    person: Person
    trigger_id: str
    action_ts: str
    response_url: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The message a control stands in."""

    channel: Channel
    message: Message | Ephemeral
    thread: Thread | None = None


def channel_name(channel: Channel) -> str:
    """Return how Slack names a channel in interactions."""
    if channel.kind == "im":
        return "directmessage"
    return "privategroup" if channel.kind == "group" else channel.name


def command(act: Act, channel: Channel, name: str, said: str) -> Json:
    """Return what a slash command sends. All values are strings, as in the form it once was."""
    return {
        "token": TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": act.person.id,
        "user_name": act.person.name,
        "command": name,
        "text": said,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": act.response_url,
        "trigger_id": act.trigger_id,
    }


def _interaction(kind: str, act: Act) -> Json:
    user: Json = {
        "id": act.person.id,
        "username": act.person.name,
        "name": act.person.name,
        "team_id": TEAM_ID,
    }
    return {
        "type": kind,
        "token": TOKEN,
        "api_app_id": APP_ID,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": user,
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": act.trigger_id,
    }


def action(control: Control, chosen: Json | None, action_ts: str) -> Json:
    """Return one entry of `actions`.

    Args:
        control: What was used.
        chosen: What was chosen; None for what offers no choice, such as a button.
        action_ts: When.
    """
    entry: Json = {
        "type": control.kind,
        "action_id": control.action_id,
        "block_id": control.block_id,
        "action_ts": action_ts,
    }
    for field in ("text", "value", "style", "url", "placeholder"):
        if control.kind in {"button", "icon_button"} and field in control.element:
            entry[field] = control.element[field]
    if chosen is not None:
        entry |= chosen
        _, initial = SELECTED.get(control.kind, ("", ""))
        if initial and initial in control.element:
            entry[initial] = control.element[initial]
    return entry


def press_in_message(act: Act, place: Place, entry: Json, state: Json) -> Json:
    """Return what using a control in a message sends. An ephemeral message is not repeated, as in Slack."""
    message = place.message
    ephemeral = isinstance(message, Ephemeral)
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": place.channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts or place.thread:
        container["thread_ts"] = message.thread_ts or message.ts
    payload = _interaction("block_actions", act) | {
        "container": container,
        "channel": {"id": place.channel.id, "name": channel_name(place.channel)},
        "state": {"values": state},
        "response_url": act.response_url,
        "actions": [entry],
    }
    if isinstance(message, Message):
        payload["message"] = messages.as_slack(message, place.thread, metadata=True)
    return payload


def press_in_view(act: Act, view: View, entry: Json) -> Json:
    """Return what using a control in a modal or home tab sends."""
    return _interaction("block_actions", act) | {
        "container": {"type": "view", "view_id": view.id},
        "view": views.as_slack(view),
        "actions": [entry],
    }


def suggestion(act: Act, control: Control, typed: str, where: Place | View) -> Json:
    """Return what typing into a menu sends whose options the app knows."""
    payload = _interaction("block_suggestion", act) | {
        "action_id": control.action_id,
        "block_id": control.block_id,
        "value": typed,
    }
    del payload["trigger_id"]
    if isinstance(where, View):
        container: Json = {"type": "view", "view_id": where.id}
        return payload | {"container": container, "view": views.as_slack(where)}
    container = {
        "type": "message",
        "message_ts": where.message.ts,
        "channel_id": where.channel.id,
        "is_ephemeral": isinstance(where.message, Ephemeral),
    }
    channel: Json = {"id": where.channel.id, "name": channel_name(where.channel)}
    return payload | {"container": container, "channel": channel}


def view_submission(act: Act, view: View) -> Json:
    """Return what submitting a modal sends."""
    return _interaction("view_submission", act) | {
        "view": views.as_slack(view),
        "response_urls": [],
    }


def view_closed(act: Act, view: View, *, cleared: bool) -> Json:
    """Return what closing a modal sends; `cleared` when the whole stack was closed at once."""
    payload = _interaction("view_closed", act)
    del payload["trigger_id"]
    return payload | {"view": views.as_slack(view), "is_cleared": cleared}


def shortcut(act: Act, callback_id: str) -> Json:
    """Return what a global shortcut sends."""
    return _interaction("shortcut", act) | {
        "callback_id": callback_id,
        "action_ts": act.action_ts,
    }


def message_shortcut(act: Act, callback_id: str, place: Place) -> Json:
    """Return what a shortcut on a message sends."""
    message = place.message
    shown = messages.as_slack(message, place.thread) if isinstance(message, Message) else {}
    return _interaction("message_action", act) | {
        "callback_id": callback_id,
        "action_ts": act.action_ts,
        "message_ts": message.ts,
        "channel": {"id": place.channel.id, "name": channel_name(place.channel)},
        "message": shown,
        "response_url": act.response_url,
    }


def event_callback(event: Json, event_id: str, event_time: int) -> Json:
    """Return an event as the Events API wraps it."""
    authorization: Json = {
        "enterprise_id": None,
        "team_id": TEAM_ID,
        "user_id": APP_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": TOKEN,
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{text(event.get('type'))}-{event_id}",
    }
