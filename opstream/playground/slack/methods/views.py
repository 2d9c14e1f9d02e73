"""`views.*`: modals and the app's home."""

import hashlib
from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import limits, views
from opstream.playground.slack.controls import named, state
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.grants import Trigger, TriggerRefused
from opstream.playground.slack.hub import Hub, new_id
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.methods.content import known_blocks
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.views import STACK_LIMIT, View
from opstream.playground.slack.wire import Json, dump, mapping, mappings, text


def _given(call: Call, *, home: bool = False) -> Json:
    view = call.json("view", "invalid_arguments")
    found = limits.check_view(view, home=home)
    blocks = mappings(found.get("blocks"))
    return found | {"blocks": known_blocks(call, blocks, "invalid_arguments", "/view/blocks")}


def _hash(hub: Hub, content: Json) -> str:
    return f"{int(hub.clock())}.{hashlib.sha256(dump(content).encode()).hexdigest()[:8]}"


def _filled(content: Json) -> Json:
    return content | {"blocks": named(mappings(content.get("blocks")), lambda: new_id(length=5))}


def _trigger(call: Call) -> Trigger:
    if not call.has("trigger_id"):
        raise SlackError("invalid_trigger_id")
    try:
        return call.hub.triggers.exchange(call.text("trigger_id"))
    except TriggerRefused as refused:
        raise SlackError(refused.code) from refused


def _unique(hub: Hub, content: Json, besides: str = "") -> None:
    external_id = text(content.get("external_id"))
    other = hub.workspace.view("", external_id) if external_id else None
    if other is not None and other.id != besides:
        raise SlackError("duplicate_external_id")


def new_view(hub: Hub, person: str, content: Json, below: View | None = None) -> View:
    """Return a view that has not been shown yet.

    Args:
        hub: Where it will be shown.
        person: To whom.
        content: What the app sent, checked.
        below: The view it is put on top of; None for the first one.
    """
    view_id = new_id("V", 10)
    content = _filled(content)
    view = View(
        id=view_id,
        person=person,
        content=content,
        hash=_hash(hub, content),
        root_id=below.root_id if below else view_id,
        previous_id=below.id if below else "",
    )
    return replace(view, values=state(view.blocks, {}))


def changed(hub: Hub, view: View, content: Json) -> View:
    """Return a view with new content; what was typed stays where block and action ids stay."""
    content = _filled(content)
    after = replace(view, content=content, hash=_hash(hub, content))
    return replace(after, values=state(after.blocks, {}, before=view.values))


def open_view(call: Call) -> Json:
    """Open a modal for the person who gave the trigger."""
    content = _given(call)
    trigger = _trigger(call)
    _unique(call.hub, content)
    view = new_view(call.hub, trigger.person, content)
    below = call.hub.workspace.stacks.get(trigger.person, ())
    call.hub.record(*(h.ViewClosed(one) for one in reversed(below)), h.ViewOpened(view))
    return {"view": views.as_slack(view)}


def push(call: Call) -> Json:
    """Put a modal on top of the one the trigger came from."""
    content = _given(call)
    trigger = _trigger(call)
    _unique(call.hub, content)
    stack = call.hub.workspace.stacks.get(trigger.person, ())
    if not stack or not trigger.view_id:
        raise SlackError("not_found")
    view = push_on(call.hub, stack, content)
    return {"view": views.as_slack(view)}


def push_on(hub: Hub, stack: tuple[View, ...], content: Json) -> View:
    """Put a modal on a person's stack.

    Raises:
        SlackError: `push_limit_reached`: three is all Slack shows.
    """
    if len(stack) >= STACK_LIMIT:
        raise SlackError("push_limit_reached")
    view = new_view(hub, stack[-1].person, content, below=stack[-1])
    hub.record(h.ViewOpened(view))
    return view


def update(call: Call) -> Json:
    """Replace the content of an open view."""
    view = call.hub.workspace.view(call.text("view_id"), call.text("external_id"))
    if view is None:
        raise SlackError("not_found")
    content = _given(call, home=view.is_home)
    if call.has("hash") and call.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    _unique(call.hub, content, besides=view.id)
    after = changed(call.hub, view, content)
    call.hub.record(h.HomePublished(after) if view.is_home else h.ViewUpdated(after))
    return {"view": views.as_slack(after)}


def publish(call: Call) -> Json:
    """Publish a person's home tab."""
    if not call.hub.manifest.home_enabled:
        raise SlackError("not_enabled")
    content = _given(call, home=True)
    person = call.hub.workspace.people.get(call.text("user_id"))
    if person is None or person.kind != "person":
        raise SlackError("user_not_found")
    before = call.hub.workspace.homes.get(person.id)
    if before is not None and call.has("hash") and call.text("hash") != before.hash:
        raise SlackError("hash_conflict")
    after = changed(call.hub, before, content) if before else new_view(call.hub, person.id, content)
    call.hub.record(h.HomePublished(after))
    return {"view": views.as_slack(after)}


def view_argument(payload: Json) -> Json:
    """Return the modal in an answer to a submission (`response_action`).

    Raises:
        SlackError: `invalid_arguments`.
    """
    return limits.check_view(mapping(payload.get("view")))


METHODS: Methods = {
    "views.open": Method(open_view, Tier.FOUR, (), ("view",)),
    "views.push": Method(push, Tier.FOUR, (), ("view",)),
    "views.update": Method(update, Tier.FOUR, (), ("view",)),
    "views.publish": Method(publish, Tier.FOUR, (), ("user_id", "view")),
}
