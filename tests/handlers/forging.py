"""Deliveries as nobody's page would send them: made by hand, and handed to the bot as if Slack had sent them."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from opstream.playground.slack.server import Playground
from tests.handlers.driving import OPS

HOME = "T0PLAYGRND"
_NUMBERS = itertools.count(1)
_MARKED_UP = re.compile(r"<!(?:channel|here|everyone)|<@U0CLEO0001")


async def press(
    playground: Playground, user: str, action: str, value: object, channel: str = OPS
) -> None:
    """Deliver the press of a button that nobody was shown."""
    carried = value if isinstance(value, str) else json.dumps(value)
    body = {
        "type": "block_actions",
        "team": {"id": HOME},
        "user": {"id": user, "team_id": HOME},
        "channel": {"id": channel},
        "container": {"type": "message", "channel_id": channel, "message_ts": "1.2"},
        "trigger_id": f"forged.{next(_NUMBERS)}",
        "actions": [{"action_id": action, "block_id": "b", "type": "button", "value": carried}],
    }
    await playground._sockets.deliver("interactive", body, answers=True)


async def submit(
    playground: Playground, user: str, form: str, carried: object, **fields: str
) -> Any:
    """Deliver a form that nobody was shown, and return what is said in the acknowledgement."""
    values = {
        name.replace("__", ":"): {"value": {"type": "plain_text_input", "value": text}}
        for name, text in fields.items()
    }
    body = {
        "type": "view_submission",
        "team": {"id": HOME},
        "user": {"id": user, "team_id": HOME},
        "view": {
            "id": f"V{next(_NUMBERS)}",
            "hash": "1",
            "type": "modal",
            "callback_id": form,
            "private_metadata": json.dumps(carried),
            "state": {"values": values},
        },
    }
    return await playground._sockets.deliver("interactive", body, answers=True)


def shown(playground: Playground) -> str:
    """Return all that the bot has posted anywhere, to all or to one person, as one text."""
    workspace = playground._hub.workspace
    public = [one for log in workspace.messages.values() for one in log.values() if one.by_app]
    said = [one.content for one in (*public, *workspace.ephemerals.values())]
    return json.dumps([[one.text, one.blocks] for one in said], ensure_ascii=False)


def mentions(playground: Playground) -> list[str]:
    """Return what in texts that Slack reads for mentions would call people."""
    workspace = playground._hub.workspace
    public = [one for log in workspace.messages.values() for one in log.values() if one.by_app]
    said = [one.content for one in (*public, *workspace.ephemerals.values())]
    texts = [text for one in said for text in (one.text, *_mrkdwn(one.blocks))]
    return [found for text in texts for found in _MARKED_UP.findall(text)]


def _mrkdwn(value: Any) -> Iterator[str]:
    match value:
        case {"type": "mrkdwn", "text": str(text)}:
            yield text
        case {"type": "markdown", "text": str(text)}:
            yield text
        case dict():
            for one in value.values():
                yield from _mrkdwn(one)
        case list() | tuple():
            for one in value:
                yield from _mrkdwn(one)
