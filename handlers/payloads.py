"""Slack's JSON as small typed requests, once, at the door. Everything in it is a claim, not yet a fact."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from handlers.requests import (
    Asker,
    Called,
    Carried,
    Command,
    Execution,
    Heard,
    Press,
    Reacted,
    Submission,
)
from opstream.domain.conversation import Place

__all__ = [
    "Asker",
    "Body",
    "Called",
    "Carried",
    "Command",
    "Execution",
    "Heard",
    "Press",
    "Reacted",
    "Submission",
]

Body = Mapping[str, Any]
_MENTIONS = re.compile(r"^\s*(<@[A-Z0-9/]+(\|[^>]*)?>[\s,:]*)+")
_MARKED_UP = re.compile(r"<(?:[@#]([A-Z0-9/]+)|(https?://[^|>\s]+)|mailto:([^|>\s]+))(?:\|[^>]*)?>")


def command(body: Body) -> Command:
    """Return a slash command."""
    return Command(
        asker=Asker(_text(body, "user_id"), _text(body, "user_name")),
        name=_text(body, "command").lstrip("/"),
        text=unescaped(_text(body, "text")),
        place=Place(_text(body, "channel_id"), _text(body, "thread_ts") or None),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
    )


def press(body: Body) -> Press:
    """Return the press of a button."""
    actions = body.get("actions") or [{}]
    action = _object(actions[0])
    user = _asker(_object(body.get("user")), _text(body, "bot_id"))
    stamp = _text(action, "action_ts")
    return Press(
        asker=user,
        action_id=_text(action, "action_id"),
        carried=carried(_text(action, "value")),
        place=_place(body),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        key=_text(body, "trigger_id") or f"{user.id}:{_text(action, 'action_id')}:{stamp}",
    )


def submission(body: Body) -> Submission:
    """Return the submission of a form."""
    view = _object(body.get("view"))
    state = _object(_object(view.get("state")).get("values"))
    values = {
        str(block): _value(next(iter(_object(inputs).values()), {}))
        for block, inputs in state.items()
    }
    user = _asker(_object(body.get("user")), _text(body, "bot_id"))
    return Submission(
        asker=user,
        carried=carried(_text(view, "private_metadata")),
        values=values,
        key=f"{_text(view, 'id')}:{_text(view, 'hash')}",
    )


def heard(event: Body) -> Heard | None:
    """Return what a person said to us; None for bots, edits, and what has no text."""
    if event.get("subtype") or event.get("bot_id") or not event.get("user"):
        return None
    text, mentions = _MENTIONS.subn("", _text(event, "text"))
    return Heard(
        asker=Asker(_text(event, "user")),
        text=unescaped(text).strip(),
        place=Place(_text(event, "channel"), _text(event, "thread_ts") or None),
        ts=_text(event, "ts"),
        addressed=bool(mentions),
    )


def reacted(event: Body) -> Reacted | None:
    """Return an emoji that somebody put on a message; None for one on a file."""
    item = _object(event.get("item"))
    if item.get("type") != "message" or not event.get("user"):
        return None
    return Reacted(
        asker=Asker(_text(event, "user")),
        emoji=_text(event, "reaction").partition("::")[0],
        place=Place(_text(item, "channel")),
        ts=_text(item, "ts"),
        key=f"{_text(event, 'user')}:{_text(event, 'event_ts')}",
    )


def execution(event: Body) -> Execution:
    """Return a custom step."""
    given = _object(event.get("inputs"))
    return Execution(
        id=_text(event, "function_execution_id"),
        workflow=_text(given, "workflow").strip(),
        inputs=unescaped(_text(given, "inputs")),
        channel=_text(given, "channel"),
    )


def called(body: Body) -> Called:
    """Return the use of a shortcut on a message."""
    message, channel = _object(body.get("message")), _text(_object(body.get("channel")), "id")
    ts = _text(body, "message_ts") or _text(message, "ts")
    thread = _text(message, "thread_ts")
    return Called(
        asker=_asker(_object(body.get("user")), ""),
        text=unescaped(words_of(message)),
        place=Place(channel, thread if thread and thread != ts else None),
        ts=ts,
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
    )


def carried(text: str) -> Carried:
    """Return what was packed by `ids.carried`; what does not fit is empty."""
    try:
        data = json.loads(text) if text else {}
    except (ValueError, RecursionError):  # no JSON, or deeper than anything of ours
        data = {}
    found = _object(data)
    place = _object(found.get("place"))
    return Carried(
        run=_text(found, "run"),
        step=_text(found, "step"),
        revision=_number(found, "revision"),
        workflow=_text(found, "workflow"),
        inputs=_object(found.get("inputs")),
        place=Place(_text(place, "channel"), _text(place, "thread") or None) if place else None,
        request=_text(found, "request"),
        list=_text(found, "list"),
        offset=max(0, _number(found, "offset")),
        words=_text(found, "words"),
        verb=_text(found, "verb"),
        draft=_text(found, "draft"),
        text=_text(found, "text"),
    )


def unescaped(text: str) -> str:
    """Return text as the person typed it: mentions as ids, links as addresses, `&lt;` as `<`."""
    plain = _MARKED_UP.sub(lambda found: found[1] or found[2] or found[3], text)
    return html.unescape(plain)


def words_of(message: Body) -> str:
    """Return what a message says; apps often say it in attachments, with no text of its own."""
    found = [_text(message, "text")]
    for one in message.get("attachments") or ():
        attached = _object(one)
        words = [_text(attached, name) for name in ("pretext", "title", "text")]
        found += words if any(words) else [_text(attached, "fallback")]
    return "\n".join(dict.fromkeys(one for one in found if one))


def _place(body: Body) -> Place | None:
    container = _object(body.get("container"))
    message = _object(body.get("message"))
    channel = _text(_object(body.get("channel")), "id") or _text(container, "channel_id")
    if not channel:
        return None
    stands_at = _text(message, "ts") or _text(container, "message_ts")
    thread = _text(message, "thread_ts") or _text(container, "thread_ts")
    # The first message of a thread names itself as its thread; a press there is one in the channel.
    return Place(channel, thread if thread and thread != stands_at else None)


def _asker(user: Body, bot_id: str) -> Asker:
    name = _text(user, "username") or _text(user, "name")
    return Asker(_text(user, "id"), name, bool(bot_id or user.get("is_bot")))


def _value(element: object) -> str | None:
    found = _object(element)
    option = _object(found.get("selected_option"))
    several = found.get("selected_options")
    if isinstance(several, list):
        return ",".join(_text(_object(one), "value") for one in several) or None
    for name in (
        "value",
        "selected_date",
        "selected_user",
        "selected_conversation",
        "selected_channel",
    ):
        if isinstance(found.get(name), str) and found[name]:
            return str(found[name])
    return _text(option, "value") or None


def _object(value: object) -> Body:
    return value if isinstance(value, dict) else {}


def _text(data: Body, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _number(data: Body, name: str) -> int:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
