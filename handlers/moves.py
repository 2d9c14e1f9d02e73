"""What to do next so that Slack shows a run as it is. Pure."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from blocks import talk, thread
from blocks.kit import Message
from blocks.thread import Part
from opstream.domain.conversation import Place, Posting

CLOSED = "closed"
"""Digest of a message that is out of date and has lost its buttons."""


@dataclass(frozen=True, slots=True)
class Find:
    """Look whether a message that was meant to be posted is there."""

    key: str
    posting: Posting


@dataclass(frozen=True, slots=True)
class Post:
    """Post a part that is not there."""

    key: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what a message says."""

    key: str
    posting: Posting


@dataclass(frozen=True, slots=True)
class Close:
    """Take the buttons off a message that is out of date."""

    key: str
    posting: Posting


Move: TypeAlias = Find | Post | Edit | Close


def digest(message: Message) -> str:
    """Return the fingerprint of a message's content."""
    content = json.dumps([message.text, message.blocks], sort_keys=True, default=str)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]


def next_move(
    parts: Sequence[Part],
    postings: Mapping[str, Posting],
    *,
    sought: Collection[str] = (),
    resting: Collection[str] = (),
    fingerprint: Callable[[Message], str] = digest,
) -> Move | None:
    """Return the most pressing thing to do, or None when Slack shows all.

    First what people would press in vain, then what is missing, in order, then what only changed.

    Args:
        parts: The messages that shall be there, in order; the first is the card.
        postings: What is known to stand where, by part.
        sought: Parts that were looked for in vain.
        resting: Parts that were edited so lately that they have to wait.
        fingerprint: How to tell what a message says; `digest`, or what remembers it.
    """
    root = root_of(postings)
    home = root.place.channel if root else None
    edits = _edits(parts, postings, home, resting, fingerprint)
    return (
        next((one for one in edits if thread.can_be_answered(one.key)), None)
        or _close(parts, postings)
        or _missing(parts, postings, home, sought)
        or next(iter(edits), None)
    )


def _edits(
    parts: Sequence[Part],
    postings: Mapping[str, Posting],
    home: str | None,
    resting: Collection[str],
    fingerprint: Callable[[Message], str],
) -> list[Edit]:
    found = [
        Edit(part.key, posting)
        for part in parts
        if part.key not in resting
        and (posting := postings.get(part.key)) is not None
        and posting.ts is not None
        and posting.place.channel == (home or posting.place.channel)
        and posting.digest != fingerprint(part.message)
    ]
    return sorted(found, key=lambda one: thread.urgency(one.key))


def _close(parts: Sequence[Part], postings: Mapping[str, Posting]) -> Close | None:
    wanted = {part.key for part in parts}
    for key, posting in postings.items():
        is_stale = key not in wanted and posting.ts is not None and posting.digest != CLOSED
        if is_stale and thread.can_be_answered(key):
            return Close(key, posting)
    return None


def _missing(
    parts: Sequence[Part],
    postings: Mapping[str, Posting],
    home: str | None,
    sought: Collection[str],
) -> Find | Post | None:
    for part in parts:
        posting = postings.get(part.key)
        if posting is None or posting.place.channel != (home or posting.place.channel):
            return Post(part.key)
        if posting.ts is None:
            return Post(part.key) if part.key in sought else Find(part.key, posting)
    return None


def root_of(postings: Mapping[str, Posting]) -> Posting | None:
    """Return the message below which the others of a run stand: its card, or the question of a talk."""
    return postings.get(thread.CARD) or postings.get(talk.ASKED)


def place_of(key: str, root: Posting | None, home: Place) -> Place:
    """Return where a part belongs: the root at home, all else in the root's thread."""
    if key in (thread.CARD, talk.ASKED) or root is None or root.ts is None:
        return home
    return Place(root.place.channel, root.place.thread or root.ts)
