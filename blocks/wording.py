"""Text on cards: what comes from outside made harmless, durations, dates and bars in words."""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from opstream.domain.durations import show
from opstream.domain.person import Who
from opstream.domain.values import Json

ELLIPSIS = "…"

Remark: TypeAlias = "tuple[str | datetime, ...]"
"""A line of plain text in pieces; moments in it are shown in each reader's time zone."""
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
# Letters that turn the reading direction around could make a proposal look like another one.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def clean(text: str) -> str:
    """Return text without control characters, lone surrogates and turned reading direction."""
    return "".join(
        one
        for one in text.replace("\r\n", "\n").replace("\r", "\n")
        if one in "\n\t" or (one not in _TURNING and unicodedata.category(one) not in ("Cc", "Cs"))
    )


def plain(text: str, limit: int) -> str:
    """Return text for a plain_text place, cut at a word; it is shown as it stands."""
    return _cut(clean(text).strip(), limit, lambda one: 1)


def safe(text: str, limit: int = 2900) -> str:
    """Return text from outside for a mrkdwn place, cut at a word.

    It can neither mention anybody nor link: `<!channel>` reads as it was written.
    """
    kept = _cut(clean(text).strip(), limit, lambda one: len(_ENTITIES.get(one, one)))
    return "".join(_ENTITIES.get(one, one) for one in kept)


def flat(text: str, limit: int = 150) -> str:
    """Return text as one line of plain text."""
    return plain(" ".join(text.split()), limit)


def line(text: str, limit: int = 150) -> str:
    """Return text from outside as one line of mrkdwn."""
    return safe(" ".join(text.split()), limit)


def code(text: str, limit: int = 300) -> str:
    """Return text from outside as mrkdwn code, which shows every character as it is."""
    tame = text.replace("`", "\u02cb")
    if "\n" in tame.strip():
        return f"```{safe(tame, limit)}```"
    return f"`{safe(tame, limit) or ' '}`"


def as_text(value: Json) -> str:
    """Return a value as text: a string as it is, everything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _cut(text: str, limit: int, width: Callable[[str], int]) -> str:
    total, room = 0, 0
    for index, one in enumerate(text):
        total += width(one)
        if total <= limit - 1:
            room = index + 1
        if total > limit:
            return _at_word(text[:room]) + ELLIPSIS
    return text


def _at_word(text: str) -> str:
    """Drop a last word that was cut in two, unless that would drop much."""
    head, space, tail = text.rpartition(" ")
    return head.rstrip() if space and len(tail) < 30 and len(head) > len(tail) else text


def about(span: timedelta) -> str:
    """Return a rough duration, coarse enough not to flicker: `about 40 s`, `about 3 m`."""
    seconds = max(0.0, span.total_seconds())
    if seconds < 5:
        return "a few seconds"
    for below, grain in ((60, 10), (600, 60), (3600, 300)):
        if seconds <= below - grain / 2:
            rounded = max(grain, round(seconds / grain) * grain)
            return f"about {show(timedelta(seconds=rounded))}"
    return f"about {show(timedelta(seconds=round(seconds / 600) * 600))}"


def spent(span: timedelta) -> str:
    """Return how long something took: `less than a second`, `1 m 50 s`."""
    return show(span) if span >= timedelta(seconds=1) else "less than a second"


def when(moment: datetime) -> str:
    """Return a moment that Slack shows in each reader's own time zone."""
    stamp = int(moment.timestamp())
    return f"<!date^{stamp}^{{date_short_pretty}} {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def clock(moment: datetime) -> str:
    """Return the time of day, with seconds, in each reader's own time zone."""
    return f"<!date^{int(moment.timestamp())}^{{time_secs}}|{moment:%H:%M:%S} UTC>"


def remark(pieces: Remark) -> str:
    """Return a remark as mrkdwn."""
    return "".join(clock(one) if isinstance(one, datetime) else safe_piece(one) for one in pieces)


def safe_piece(text: str) -> str:
    """Return a piece of plain text as mrkdwn, with the spaces around it."""
    return "".join(_ENTITIES.get(one, one) for one in text)


def person(who: Who) -> str:
    """Return a mention of a person, or their name when they are not of this workspace."""
    return f"<@{who.id}>" if _SLACK_USER.fullmatch(who.id) else f"*{line(who.name or who.id, 80)}*"


def bar(percent: float, width: int = 10) -> str:
    """Return a bar and the number it shows: `▓▓▓▓▓▓░░░░ 62 %`."""
    share = min(100.0, max(0.0, percent))
    full = int(share / 100 * width)
    return f"{'▓' * full}{'░' * (width - full)} {int(share)} %"


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 step`, `3 steps`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def so_many(number: int, one: str, *, more: bool) -> str:
    """Return a number with its noun that may have been counted in part: `more than 500 steps`."""
    return f"{'more than ' if more else ''}{count(number, one)}"


def size(number: int) -> str:
    """Return a number of bytes in short: `812 bytes`, `1.5 MB`."""
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= least:
            return f"{number / least:.1f} {unit}"
    return count(number, "byte")


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
