"""`chat.unfurl` and `entity.presentDetails`: more of an address below the message that has it, and beside it.

Source: docs.slack.dev/reference/methods/chat.unfurl and docs.slack.dev/reference/methods/entity.presentDetails.
"""

from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import limits, links
from opstream.playground.slack.controls import named
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.grants import TriggerRefused
from opstream.playground.slack.hub import new_id
from opstream.playground.slack.messages import Message
from opstream.playground.slack.methods.call import Call, Method, Methods
from opstream.playground.slack.people import APP_ID, BOT_ID
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.wire import Json, mapping, mappings, text

_SOURCES = frozenset({"composer", "conversations_history"})


def unfurl(call: Call) -> Json:
    """Show more of the app's addresses below a person's message."""
    message = _message(call)
    if message.by_app:
        raise SlackError("cannot_unfurl_message")
    unfurls = call.json("unfurls", "invalid_unfurls_format")
    metadata = call.json("metadata", "invalid_metadata_format")
    if not unfurls and not metadata:
        raise SlackError("missing_unfurls")
    if unfurls is not None and not isinstance(unfurls, dict):
        raise SlackError("invalid_unfurls_format")
    if metadata and not call.hub.work_objects:
        raise SlackError("invalid_metadata_format")
    entities = {text(one["app_unfurl_url"]): one for one in _entities(metadata)}
    shown = {str(url): mapping(one) for url, one in (unfurls or {}).items()}
    cards = [
        _card(call, message, url, shown.get(url), entities.get(url))
        for url in dict.fromkeys([*shown, *entities])
    ]
    content = replace(message.content, attachments=links.hung(message, cards))
    call.hub.record(h.MessageChanged(replace(message, content=content), message))
    return {}


def _message(call: Call) -> Message:
    """Return the message that is meant: by channel and `ts`, or by what `link_shared` called it."""
    if call.has("unfurl_id") or call.has("source"):
        _both(call, "unfurl_id", "source")
        if call.text("source") not in _SOURCES:
            raise SlackError("invalid_source")
        channel_id, _, ts = call.text("unfurl_id").partition(".")
        return _found(call, channel_id, ts, "invalid_unfurl_id")
    _both(call, "channel", "ts")
    if call.text("channel") not in call.hub.workspace.channels:
        raise SlackError("cannot_find_channel")
    return _found(call, call.text("channel"), call.text("ts"), "cannot_find_message")


def _both(call: Call, *names: str) -> None:
    for name in names:
        if not call.has(name):
            raise SlackError(f"missing_{name}")


def _found(call: Call, channel_id: str, ts: str, otherwise: str) -> Message:
    message = call.hub.workspace.message(channel_id, ts)
    if message is None or message.subtype == "tombstone":
        raise SlackError(otherwise)
    return message


def _entities(metadata: object) -> list[Json]:
    if metadata is None:
        return []
    found = mappings(mapping(metadata).get("entities"))
    if not found or not all(_is_entity(one) and one.get("app_unfurl_url") for one in found):
        raise SlackError("invalid_metadata_format")
    return found


def _is_entity(entity: Json) -> bool:
    payload = mapping(entity.get("entity_payload"))
    title = mapping(mapping(payload.get("attributes")).get("title"))
    named = text(mapping(entity.get("external_ref")).get("id")) and text(entity.get("url"))
    known = entity.get("entity_type") in links.ENTITY_TYPES
    return bool(known and named and text(title.get("text")))


def _card(call: Call, message: Message, url: str, shown: Json | None, entity: Json | None) -> Json:
    if url not in links.urls(message) or not links.domain_of(url, call.hub.manifest):
        raise SlackError("cannot_unfurl_url")
    card: Json = dict(shown or {})
    try:
        limits.check_attachments([card])
    except SlackError as refused:
        raise SlackError("cannot_parse_attachment") from refused
    if "blocks" in card:
        card["blocks"] = named(mappings(card["blocks"]), lambda: new_id(length=5))
    about: Json = {"from_url": url, "app_unfurl_url": url, "is_app_unfurl": True}
    ours: Json = {"app_id": APP_ID, "bot_id": BOT_ID}
    return card | about | ours | ({"work_object": entity} if entity else {})


def present_details(call: Call) -> Json:
    """Show a person who opened a Work Object its details, or why there are none."""
    trigger_id = call.text("trigger_id")
    opened = call.hub.workspace.opened.get(trigger_id)
    try:
        call.hub.triggers.exchange(trigger_id)
    except TriggerRefused as refused:
        raise SlackError("invalid_trigger_id") from refused
    if opened is None:
        raise SlackError("invalid_trigger_id")
    error = mapping(call.json("error", "invalid_arguments"))
    entity = mapping(call.json("metadata", "invalid_metadata"))
    if not error and not _is_entity(entity):
        raise SlackError("invalid_metadata")
    if entity and entity.get("external_ref") != opened.entity.get("external_ref"):
        raise SlackError("entity_metadata_does_not_match_trigger")
    call.hub.record(h.EntityPresented(opened.person, entity, error))
    return {}


METHODS: Methods = {
    "chat.unfurl": Method(unfurl, Tier.THREE, ("links:write",)),
    "entity.presentDetails": Method(present_details, Tier.THREE, (), ("trigger_id",)),
}
