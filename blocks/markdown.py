"""What a model wrote, made harmless: markdown that can neither call people nor lead to strange places."""

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from blocks import kit
from blocks.kit import Block
from blocks.wording import clean

MESSAGE_LIMIT: Final = 10_000
_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`)", re.DOTALL)
_IMAGE = re.compile(r"!\[([^\]\n]*)\]\(\s*<?([^)\s>]*)>?[^)\n]*\)")
_LINK = re.compile(r"\[([^\]\n]*)\]\(\s*<?([^)\s>]*)>?[^)\n]*\)")
_REFERENCE = re.compile(r"^\s{0,3}\[([^\]\n]+)\]:\s*(\S+).*$", re.MULTILINE)
_ANGLED = re.compile(r"<((?:https?|ftp|mailto|slack)\S*?)(?:\|([^>\n]*))?>", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w/`(])(?:(?:https?|ftp|slack)://|www\.)[^\s<>`\"')\]]+", re.IGNORECASE)
_CALLING = re.compile(r"<(?=[!@#])")
_AT_ALL = re.compile(r"@(?=(?:channel|here|everyone|group)\b)", re.IGNORECASE)
# Invisible letters, such as those by which text is smuggled past a reader.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2064"
                     "\u206a-\u206f\ufe00-\ufe0e\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]")  # fmt: skip
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?", re.IGNORECASE)
_OF_SLACK = ".slack.com"
_SHOWN = 60
_NUMBERED = re.compile(r"\s{0,3}\[[^\]]*\]?:?\s*\S*\Z")


def markdown(text: str, hosts: Collection[str] = ()) -> list[Block]:
    """Return what a model wrote as blocks of one message; what is too long is cut at a line.

    Args:
        text: Markdown from outside.
        hosts: Where its links may lead; every other link is shown, but cannot be followed.
    """
    tame = defused(text, hosts)
    if len(tame) > MESSAGE_LIMIT:
        cut = tame[:MESSAGE_LIMIT].rsplit("\n", 1)[0]
        fence = "\n```" if cut.count("```") % 2 else ""
        note = kit.context("The rest of this answer would not fit into one message.")
        return [{"type": "markdown", "text": f"{cut}{fence}\n…"}, note]
    return [{"type": "markdown", "text": tame}] if tame.strip() else []


def growing(text: str) -> str:
    """Return a text that is still being written so that it reads well: what is open is closed or left out."""
    if text.count("```") % 2:
        return f"{text}\n```"
    kept = text[: text.rindex("[")] if "[" in text.rsplit("]", 1)[-1] else text
    kept = kept[: kept.rindex("](")] + "]" if "](" in kept.rsplit(")", 1)[-1] else kept
    kept = kept.rstrip("*_ ") if kept.endswith(("*", "_")) else kept
    for mark in ("`", "**"):
        if kept.count(mark) % 2:
            kept = kept.rstrip() + mark
    return kept


def steady(text: str, hosts: Collection[str] = ()) -> str:
    """Return as much of a text that is still being written as will read the same when more has come, defused.

    It ends with a whole word, and before a link, a mention or code that is still open on the last line.
    """
    whole = _words(text)
    while not whole.count("```") % 2 and (end := _open_from(whole)) < len(whole):
        whole = _words(whole[:end])
    tame = defused(whole, hosts)
    return tame if len(tame) <= MESSAGE_LIMIT else ""


def _words(text: str) -> str:
    """Return text up to its last blank: a word without one after it may yet go on."""
    return text[: max(text.rfind(" "), text.rfind("\n")) + 1]


def _open_from(text: str) -> int:
    """Return where something begins on the last line that is not closed, or may yet become something else."""
    start = text.rfind("\n") + 1
    last = text[start:]
    if _NUMBERED.match(last):  # it may name where a link leads
        return start
    ends = [len(last)]
    for mark, closing in (("[", "]"), ("](", ")"), ("<", ">")):
        at = last.rfind(mark)
        if at >= 0 and closing not in last[at + len(mark) :]:
            ends.append(last.rfind("[", 0, at) if mark == "](" else at)
    if last.count("`") % 2:
        ends.append(last.rindex("`"))
    return start + max(0, min(ends))


def hosts_in(*texts: str) -> frozenset[str]:
    """Return the hosts that texts name, in small letters."""
    found = (urlsplit(url) for text in texts for url in _URL.findall(text))
    return frozenset(one.hostname.lower() for one in found if one.hostname)


def defused(text: str, hosts: Collection[str] = ()) -> str:
    """Return markdown that mentions nobody, loads no picture, and links only to some hosts."""
    seen = _UNSEEN.sub("", clean(text)).strip()
    parts = _CODE.split(seen)
    return "".join(_quiet(one) if at % 2 else _tame(one, hosts) for at, one in enumerate(parts))


def _quiet(code: str) -> str:
    """Return code in which nobody is called; a mark that nobody sees stands between the signs."""
    return _AT_ALL.sub("@\u2060", _CALLING.sub("<\u2060", code))


def _tame(text: str, hosts: Collection[str]) -> str:
    kept: list[str] = []

    def keep(shown: str) -> str:
        kept.append(shown)
        return f"\x00{len(kept) - 1}\x00"

    def link(label: str, url: str) -> str:
        words = " ".join(label.split())
        if _is_known(url, hosts):
            return keep(f"[{_escaped(words) or url}]({url})")
        shown = keep(f"`{_bare(url)}`")
        return f"{words} ({shown})" if words and words != url else shown

    text = text.replace("\x00", "")
    text = _REFERENCE.sub(lambda found: link(found[1], found[2]), text)
    text = _IMAGE.sub(lambda found: link(found[1] or "picture", found[2]), text)
    text = _LINK.sub(lambda found: link(found[1], found[2]), text)
    text = _ANGLED.sub(lambda found: link(found[2] or found[1], found[1]), text)
    text = _BARE.sub(lambda found: link("", found[0]), text)
    tame = _AT_ALL.sub("@\u2060", _escaped(text))
    while "\x00" in tame:  # a link may stand in the label of another one
        tame = re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], tame)
    return tame


def _escaped(text: str) -> str:
    """Return text without the signs by which Slack calls people; a quotation keeps its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _is_known(url: str, hosts: Collection[str]) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        bare = parts.username is None and parts.password is None
    except ValueError:
        return False
    known = host in hosts or host.endswith(_OF_SLACK)
    return parts.scheme in ("http", "https") and bare and known and not set(url) & set("<>|`\\")


def _bare(url: str) -> str:
    """Return where a link would lead, without what it would carry there."""
    tame = url.replace("`", "").split("?")[0].split("#")[0]
    carried = "…" if tame != url or len(tame) > _SHOWN else ""
    return tame[:_SHOWN] + carried
