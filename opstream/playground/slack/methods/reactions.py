"""`reactions.*`: emoji under messages."""

import re
from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import messages
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.hub import Hub
from opstream.playground.slack.messages import Message, Reaction
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.people import APP_USER
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json

NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
MOST_EMOJI = 23


def react(hub: Hub, message: Message, person: str, name: str, *, remove: bool) -> None:
    """Add someone's emoji to a message, or take it away.

    Raises:
        SlackError: `invalid_name`, `already_reacted`, `no_reaction` or `too_many_emoji`.
    """
    if not NAME.fullmatch(name):
        raise SlackError("invalid_name")
    users = {item.name: item.users for item in message.reactions}
    here = users.get(name, ())
    if remove and person not in here:
        raise SlackError("no_reaction")
    if not remove and person in here:
        raise SlackError("already_reacted")
    if name not in users and len(users) >= MOST_EMOJI:
        raise SlackError("too_many_emoji")
    left = tuple(one for one in here if one != person)
    users[name] = left if remove else (*here, person)
    reactions = tuple(Reaction(key, people) for key, people in users.items() if people)
    after = replace(message, reactions=reactions)
    hub.record(
        h.MessageChanged(after, message, edited=False),
        h.Reacted(person, name, after, removed=remove),
    )


def _message(call: Call) -> Message:
    if not call.has("channel") or not call.has("timestamp"):
        raise SlackError("no_item_specified")
    return call.message(call.joined(call.channel()), call.text("timestamp"))


def add(call: Call) -> Json:
    """React as the app."""
    react(call.hub, _message(call), APP_USER, call.text("name").strip(":"), remove=False)
    return {}


def remove(call: Call) -> Json:
    """Take a reaction of the app back."""
    react(call.hub, _message(call), APP_USER, call.text("name").strip(":"), remove=True)
    return {}


def get(call: Call) -> Json:
    """Return a message with its reactions."""
    message = _message(call)
    shown = messages.as_slack(message, call.hub.workspace.thread(message))
    return {"type": "message", "channel": message.channel, "message": shown}


WRITE = ("reactions:write",)

METHODS: Methods = {
    "reactions.add": Method(add, Tier.THREE, WRITE, ("name",)),
    "reactions.remove": Method(remove, Tier.TWO, WRITE, ("name",)),
    "reactions.get": Method(get, Tier.THREE, ("reactions:read",)),
}
