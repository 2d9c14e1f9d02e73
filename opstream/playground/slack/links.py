"""Addresses in messages that the app says it can show more of, and the cards that it hung below them. Pure.

Source: docs.slack.dev/messaging/unfurling-links-in-messages and docs.slack.dev/messaging/work-objects.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from opstream.playground.slack import happenings as h
from opstream.playground.slack.manifest import Manifest
from opstream.playground.slack.messages import Message
from opstream.playground.slack.people import APP_USER
from opstream.playground.slack.wire import Json, mapping, text
from opstream.playground.slack.workspace import Workspace

LINK = re.compile(r"<(https?://[^>|]+)(?:\|[^>]*)?>")
ENTITY_TYPES = frozenset(
    f"slack#/entities/{one}" for one in ("task", "file", "item", "incident", "content_item")
)


def urls(message: Message) -> list[str]:
    """Return the addresses in what a message says, each once, as the person typed them."""
    found = (one.replace("&amp;", "&") for one in LINK.findall(message.content.text))
    return list(dict.fromkeys(found))


def domain_of(url: str, manifest: Manifest) -> str:
    """Return which of the app's domains an address belongs to, '' for none; subdomains do, too."""
    host = (urlsplit(url).hostname or "").lower()
    fits = (one for one in manifest.unfurl_domains if host == one or host.endswith(f".{one}"))
    return next(fits, "")


def shared(message: Message, workspace: Workspace, manifest: Manifest) -> list[Json]:
    """Return the event that tells the app of its addresses in a person's message; [] when there are none."""
    if message.by_app or not manifest.hears("link_shared", "links:read"):
        return []
    found = [(domain_of(url, manifest), url) for url in urls(message)]
    links = [{"domain": domain, "url": url} for domain, url in found if domain]
    if not links:
        return []
    event: Json = {
        "type": "link_shared",
        "user": message.user,
        "channel": message.channel,
        "message_ts": message.ts,
        "is_bot_user_member": APP_USER in workspace.channels[message.channel].members,
        "unfurl_id": unfurl_id(message),
        "source": "conversations_history",
        "links": links,
        "event_ts": message.ts,
    }
    return [event | {"thread_ts": message.thread_ts} if message.thread_ts else event]


def unfurl_id(message: Message) -> str:
    """Return the id under which the app may name a message when it shows more of its addresses."""
    return f"{message.channel}.{message.ts}"


def opened(opened: h.EntityOpened, manifest: Manifest, event_ts: str) -> list[Json]:
    """Return the event that asks the app for the details of a Work Object."""
    if not manifest.hears("entity_details_requested"):
        return []
    entity, message = opened.entity, opened.message
    url = text(entity.get("app_unfurl_url"))
    event: Json = {
        "type": "entity_details_requested",
        "user": opened.person,
        "trigger_id": opened.trigger_id,
        "user_locale": "en-US",
        "channel": message.channel,
        "message_ts": message.ts,
        "entity_url": text(entity.get("url")),
        "app_unfurl_url": url,
        "link": {"url": url, "domain": domain_of(url, manifest)},
        "external_ref": mapping(entity.get("external_ref")),
        "event_ts": event_ts,
    }
    return [event | {"thread_ts": message.thread_ts} if message.thread_ts else event]


def hung(message: Message, cards: Iterable[Json]) -> tuple[Json, ...]:
    """Return the attachments of a message with cards below its addresses; a new one replaces the old."""
    fresh = list(cards)
    new = {text(one.get("from_url")) for one in fresh}
    kept = [one for one in message.content.attachments if text(one.get("from_url")) not in new]
    return tuple(one | {"id": number} for number, one in enumerate([*kept, *fresh], start=1))


def entity_of(message: Message, url: str) -> Json | None:
    """Return the Work Object that hangs below a message for an address; None when there is none."""
    for one in message.content.attachments:
        if one.get("from_url") == url and "work_object" in one:
            return mapping(one["work_object"])
    return None
