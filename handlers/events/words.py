"""Plain words -> what would be written after `/opstream`. Pure."""

import re

from handlers.commands.table import known
from handlers.events.phrases import ASKING, ID, PHRASES, REQUESTS

_HEAD = re.compile(
    r"^(?:(?:please|hey|hi|hello|ok|okay|so|and|now|then|well|thanks|can you|could you|would you|"
    r"will you|i want you to|i would like you to|i'd like you to|let's)\b[ ,.!:]*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[ ,]+(?:please|now|thanks|thank you|for me|for us|right now|then))+$", re.IGNORECASE
)
_ASKING_ME = re.compile(
    r"(?:(?:hey|hi|hello|ok|okay|please)[ ,]+)*(?:can|could|would|will) you\b", re.IGNORECASE
)
_SHAPES = {
    name: re.compile(shape, re.IGNORECASE)
    for name, shape in {
        "pause": rf"`?(?:{ID})?`?",
        "resume": rf"`?(?:{ID})?`?",
        "take": rf"`?(?:{ID})?`?",
        "cancel": rf"(?:`?{ID}`?(?:\s.+)?)?",
        "retry": rf"(?:`?{ID}`?)?(?:\s*\b\w+=\S+)*",
        "approve": rf"`?{ID}(?::\S+)?`?(?:\s\S+)?",
        "deny": rf"`?{ID}(?::\S+)?`?\s.+",
        "assign": rf"`?{ID}`?\s\S+",
        "away": r"(?:until|till)\s.+",
        "back": "",
        "unschedule": r"\S+",
        "remember": r"(?:that|this)[:,]?\s.+|(?!when|the time|how|if|me\b|last)\S.+",
        "forget": r"`?(?:\w+/)?[0-9a-f]{8,10}`?",
    }.items()
}
"""How the rest of a sentence must look that begins with the name of something that changes things."""

READING = frozenset(
    {
        "status", "list", "history", "workflows", "schedules", "details", "logs", "approvals",
        "tools", "audit", "stats", "help", "role", "recall",
    }
)  # fmt: skip
"""The verbs that answer a question and change nothing."""

_ABOUT_ITS_RUN = frozenset({"status", "details", "logs"})


def understood(text: str, *, in_thread: bool = True) -> str | None:
    """Return the command that a sentence means, or None when it means none that is known here.

    `approve it` and `deny it …` are about whatever the thread of the sentence asks for.

    Args:
        text: The sentence, without the mention before it.
        in_thread: Whether it was said in a thread, where `it` is the run of the thread.
    """
    plain = _without_head(" ".join(text.split()).replace("\u2019", "'"))
    whole = plain.rstrip(" ?!.")
    bare = _TAIL.sub("", whole).rstrip(" ?!.,")
    phrases = PHRASES if _is_demand(text) else REQUESTS
    for one in phrases:
        if found := one.pattern.fullmatch(whole) or one.pattern.fullmatch(bare):
            return found.expand(one.said if in_thread or not one.elsewhere else one.elsewhere)
    return _verb(plain, bare)


def asks(command: str) -> bool:
    """Return whether a command only asks for something, and changes nothing."""
    return command.split(" ", 1)[0] in READING


def about_its_run(text: str) -> bool:
    """Return whether a sentence is nothing but a question about the run of its thread."""
    bare = " ".join(text.split()).rstrip(" ?!.")
    said = [one.said for one in ASKING if one.pattern.fullmatch(bare)]
    return bool(said) and said[0].split(" ", 1)[0] in _ABOUT_ITS_RUN and "\\" not in said[0]


def _is_demand(text: str) -> bool:
    """Return whether a sentence is said outright: `can you approve it?` is no decision."""
    return not text.rstrip().endswith("?") and not _ASKING_ME.match(text.strip())


def _without_head(plain: str) -> str:
    rest = _HEAD.sub("", plain)
    return rest if rest.strip(" ?!.") else plain


def _verb(plain: str, bare: str) -> str | None:
    """Return a sentence that begins with a verb of the table and goes on as that verb does."""
    word, _, rest = bare.partition(" ")
    verb = word.lower()
    if not known(verb):
        return None
    shape = _SHAPES.get(verb)
    if shape is not None and not shape.fullmatch(rest.strip()):
        return None
    return verb if not rest else verb + plain[len(word) :]
